package front

import (
	"encoding/hex"
	"encoding/json"
	"math/rand/v2"

	"github.com/wafer-run/wafer/runner"
)

// Generation is a generation of FC's API. They differ in paths, limits, ids and
// error bodies.
type Generation uint8

const (
	FC3 Generation = iota // 2023-03-30; also what has no API path
	FC2                   // 2016-08-15, whose functions belong to services
)

// String returns the generation's version number.
func (g Generation) String() string {
	if g == FC2 {
		return "2.0"
	}
	return "3.0"
}

// generationOf returns the generation of a function that no API path names, as
// far as its name shows: that of a function which is there says [Target].
func generationOf(service string) Generation {
	if service != "" {
		return FC2
	}
	return FC3
}

// newRequestID makes a request id in the generation's format: a UUID for 2.0.
func (g Generation) newRequestID() string {
	if g == FC3 {
		return runner.NewRequestID()
	}
	var raw [16]byte
	for i := 0; i < len(raw); i += 8 {
		n := rand.Uint64()
		for j := range 8 {
			raw[i+j] = byte(n >> (8 * j))
		}
	}
	raw[6] = raw[6]&0x0f | 0x40 // version 4
	raw[8] = raw[8]&0x3f | 0x80 // variant of RFC 9562
	var b [36]byte
	b[8], b[13], b[18], b[23] = '-', '-', '-', '-'
	hex.Encode(b[0:8], raw[0:4])
	hex.Encode(b[9:13], raw[4:6])
	hex.Encode(b[14:18], raw[6:8])
	hex.Encode(b[19:23], raw[8:10])
	hex.Encode(b[24:36], raw[10:16])
	return string(b[:])
}

// errorBody is the body of a request that did not get as far as the function.
func (g Generation) errorBody(code, message, requestID string) []byte {
	var body any
	if g == FC2 {
		body = struct{ ErrorCode, ErrorMessage string }{code, message}
	} else {
		body = struct{ Code, Message, RequestId string }{code, message, requestID}
	}
	b, err := json.Marshal(body)
	if err != nil { // strings always marshal
		return nil
	}
	return b
}
