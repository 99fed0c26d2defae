package runner

import (
	crand "crypto/rand"
	"encoding/hex"
	"math/rand/v2"
	"time"

	"github.com/wafer-run/wafer/abi"
)

// NewRequestID makes a request id in the format of FC 3.0: 1, the Unix time in
// seconds and 24 random digits, all hexadecimal.
func NewRequestID() string {
	var raw [16]byte
	now := uint32(time.Now().Unix())
	raw[0], raw[1], raw[2], raw[3] = byte(now>>24), byte(now>>16), byte(now>>8), byte(now)
	random(raw[4:])
	var b [2 + 8 + 1 + 24]byte
	b[0], b[1], b[10] = '1', '-', '-'
	hex.Encode(b[2:10], raw[:4])
	hex.Encode(b[11:], raw[4:])
	return string(b[:])
}

// NewInstanceID makes an instance id as FC has shown them since 2023.
func NewInstanceID() string {
	var raw [14]byte
	random(raw[:])
	var b [2 + 8 + 1 + 8 + 1 + 12]byte
	b[0], b[1], b[10], b[19] = 'c', '-', '-', '-'
	hex.Encode(b[2:10], raw[:4])
	hex.Encode(b[11:19], raw[4:8])
	hex.Encode(b[20:], raw[8:])
	return string(b[:])
}

// random fills b. Ids need to be distinct, not secret.
func random(b []byte) {
	for i := 0; i < len(b); i += 8 {
		n := rand.Uint64()
		for j := i; j < min(i+8, len(b)); j++ {
			b[j] = byte(n)
			n >>= 8
		}
	}
}

// appendEntropy appends the field that tells a guest it was restored.
func appendEntropy(b []byte) []byte {
	var e [32]byte
	_, _ = crand.Read(e[:]) // never fails, see crypto/rand
	return abi.AppendBytes(b, abi.TagEntropy, e[:])
}
