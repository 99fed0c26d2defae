package front

import "github.com/valyala/fasthttp"

// headLines are header lines that go into an answer together. fasthttp copies each
// header twice and looks for line ends in it, which for FC's eight is a
// twentieth of a request; so they are handed over as one.
//
// See RATIONALE.md#why-are-fcs-headers-one-header
type headLines struct {
	text []byte // "Name: value", with line ends between
	name int    // where the value of the last one begins
}

// add adds a header of FC's, whose name and value have no line ends.
func (l *headLines) add(name, value string) {
	l.begin(name)
	l.text = append(l.text, value...)
}

func (l *headLines) addBytes(name string, value []byte) {
	l.begin(name)
	l.text = append(l.text, value...)
}

func (l *headLines) begin(name string) {
	if len(l.text) > 0 {
		l.text = append(l.text, "\r\n"...)
	}
	l.text = append(l.text, name...)
	l.text = append(l.text, ": "...)
	l.name = len(l.text)
}

// flush puts the lines into an answer, behind what it has: all but the last value
// is the name of one header, which fasthttp writes as it is.
func (l *headLines) flush(h *fasthttp.ResponseHeader) {
	if len(l.text) > 0 {
		h.SetCanonical(l.text[:l.name-len(": ")], l.text[l.name:])
	}
	l.text = l.text[:0]
}
