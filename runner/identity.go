package runner

import (
	crand "crypto/rand"
	"time"

	"github.com/wafer-run/wafer/abi"
	"github.com/wafer-run/wafer/runner/internal/fcid"
)

// NewRequestID makes a request id in the format of FC 3.0: 1, the Unix time in
// seconds and 24 random digits, all hexadecimal.
func NewRequestID() string { return fcid.Request(time.Now()) }

// NewInstanceID makes an instance id as FC has shown them since 2023.
func NewInstanceID() string { return fcid.Instance() }

// appendEntropy appends the field that tells a guest it was restored.
func appendEntropy(b []byte) []byte {
	var e [32]byte
	_, _ = crand.Read(e[:]) // never fails, see crypto/rand
	return abi.AppendBytes(b, abi.TagEntropy, e[:])
}
