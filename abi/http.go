package abi

// HTTPHead is the head of an HTTP response, written once as [PartHTTPHead].
type HTTPHead struct {
	Status  uint32 // 0 means 200
	Headers []Pair // in order, one pair per value
}

// AppendTo appends the head frame.
func (h *HTTPHead) AppendTo(b []byte) []byte {
	if h.Status != 0 {
		b = AppendUint32(b, TagStatus, h.Status)
	}
	for _, p := range h.Headers {
		b = AppendPair(b, TagHeader, p.Key, p.Value)
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
		default:
			r.Skip()
		}
	}
	return r.Err()
}
