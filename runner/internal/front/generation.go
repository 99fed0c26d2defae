package front

import (
	"encoding/json"
	"time"

	"github.com/wafer-run/wafer/runner/internal/fcid"
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

// newRequestID makes a request id in the generation's format, for a request that
// came now.
func (g Generation) newRequestID(now time.Time) string {
	if g == FC3 {
		return fcid.Request(now)
	}
	return fcid.UUID()
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
