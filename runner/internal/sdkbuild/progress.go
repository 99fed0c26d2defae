package sdkbuild

import (
	"bytes"
	"io"
	"strings"
)

// progress takes a go command's standard error apart: what it downloads is
// shown while it happens, the rest is kept for when the command has failed.
type progress struct {
	show io.Writer
	line []byte // begun, and not ended yet
	kept strings.Builder
}

// Write never fails: nobody could do better about a message that is lost.
func (p *progress) Write(b []byte) (int, error) {
	p.line = append(p.line, b...)
	for {
		end := bytes.IndexByte(p.line, '\n')
		if end < 0 {
			return len(b), nil
		}
		p.flush(end + 1)
	}
}

// rest returns everything that was kept, once the command has ended.
func (p *progress) rest() string {
	p.flush(len(p.line))
	return p.kept.String()
}

// flush moves the first n bytes of the line on.
func (p *progress) flush(n int) {
	if bytes.HasPrefix(p.line, []byte("go: downloading ")) {
		_, _ = p.show.Write(p.line[:n])
	} else {
		p.kept.Write(p.line[:n])
	}
	p.line = p.line[n:]
}
