package front

import (
	"bytes"
	"iter"
)

// sent yields the headers of a request in the order they were sent, with canonical
// names, out of header lines that [framing.read] found nothing wrong with. It is
// [fasthttp.RequestHeader.AllInOrder], which looks for all that may be wrong a
// second time: a twentieth of a request over HTTP.
func sent(raw []byte) iter.Seq2[[]byte, []byte] {
	return func(yield func(name, value []byte) bool) {
		for {
			end := bytes.IndexByte(raw, '\n')
			if end < 2 {
				return
			}
			name, value, _ := bytes.Cut(raw[:end-1], colon)
			raw = raw[end+1:]
			canonicalize(name)
			if !yield(name, trimBlanks(value)) {
				return
			}
		}
	}
}

// canonicalize writes a header's name as HTTP libraries do: Content-Type.
func canonicalize(name []byte) {
	const toOther = 'a' - 'A'
	first := true
	for i, c := range name {
		if first && 'a' <= c && c <= 'z' {
			name[i] = c - toOther
		} else if !first && 'A' <= c && c <= 'Z' {
			name[i] = c + toOther
		}
		first = c == '-'
	}
}

func trimBlanks(b []byte) []byte {
	for len(b) > 0 && (b[0] == ' ' || b[0] == '\t') {
		b = b[1:]
	}
	for len(b) > 0 && (b[len(b)-1] == ' ' || b[len(b)-1] == '\t') {
		b = b[:len(b)-1]
	}
	return b
}
