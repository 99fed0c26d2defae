package abi

import (
	"fmt"
	"math"
)

// HTTPHead is the head of an HTTP response, written once as [PartHTTPHead].
type HTTPHead struct {
	Status  uint32 // 0 means 200
	Headers []Pair // in order, one pair per value
	// BodySize is one more than the size of the whole body in bytes, for a
	// guest that knows it before it writes the first piece; 0 means that the
	// body is streamed and its size unknown. It fits an int64.
	BodySize uint64
}

// AppendTo appends the head frame.
func (h *HTTPHead) AppendTo(b []byte) []byte {
	if h.Status != 0 {
		b = AppendUint32(b, TagStatus, h.Status)
	}
	for _, p := range h.Headers {
		b = AppendPair(b, TagHeader, p.Key, p.Value)
	}
	if h.BodySize != 0 {
		b = AppendUint64(b, TagBodySize, h.BodySize-1)
	}
	return b
}

// Decode reads a head frame into h, replacing what was there; the array behind
// h.Headers is used again. Nothing aliases frame. After an error, h holds what
// was read before it.
//
// # Errors
//
// A [*FrameError].
func (h *HTTPHead) Decode(frame []byte) error {
	*h = HTTPHead{Headers: h.Headers[:0]}
	r := NewReader("http-head", frame)
	for r.Next() {
		switch r.Tag() {
		case TagStatus:
			h.Status = r.Uint32()
		case TagHeader:
			h.Headers = append(h.Headers, r.Pair())
		case TagBodySize:
			size := r.Uint64()
			if size > math.MaxInt64-1 { // readers count in int64, and one more
				r.Fail(fmt.Sprintf("body of %d bytes", size))
				break
			}
			h.BodySize = size + 1
		default:
			r.Skip()
		}
	}
	return r.Err()
}
