package front

import (
	"bytes"
	"io"
)

// packer compresses a streamed answer. Every piece leaves at once.
type packer struct {
	enc encoder
	buf bytes.Buffer // one piece, compressed
	out io.Writer
}

// pack puts compression between the answer and the connection.
func (a *answer) pack() {
	p := &packer{out: a.out}
	p.enc = a.x.s.encoders.get(a.coding, &p.buf)
	a.packer, a.out = p, p
}

// unpack gives the encoder back. Where the answer is whole, what completes the
// content is sent first.
func (a *answer) unpack(whole bool) (err error) {
	p := a.packer
	if whole {
		if err = p.enc.Close(); err == nil {
			err = p.pass()
		}
	}
	a.x.s.encoders.put(a.coding, p.enc)
	a.packer = nil
	return err
}

// Write implements [io.Writer]. n counts what went in.
func (p *packer) Write(b []byte) (n int, err error) {
	n, err = p.enc.Write(b)
	if err == nil {
		err = p.enc.Flush()
	}
	if err == nil {
		err = p.pass()
	}
	return n, err
}

// pass sends what has been compressed, as one piece.
func (p *packer) pass() error {
	_, err := p.out.Write(p.buf.Bytes())
	if p.buf.Reset(); p.buf.Cap() > maxBuffered {
		p.buf = bytes.Buffer{}
	}
	return err
}
