package instancelog

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"sync"
	"syscall"

	"github.com/wafer-run/wafer/hostfns/logs"
)

// chunk is how many bytes are read at a time.
const chunk = 16 << 10

// pipe is one of a program's two outputs. It is read by a goroutine as data
// comes, and by whoever has to be sure that nothing is left in it: what a
// program wrote before it answered is a part of the invocation's log.
type pipe struct {
	log    *Log
	stream logs.Stream
	file   *os.File
	raw    syscall.RawConn
	done   chan struct{}

	reading sync.Mutex // held while data goes from the pipe to the log
	buf     []byte

	// Guarded by the log's lock.
	rest []byte // a line whose newline has not come yet
	last *Entry // whose line was the last one
}

func newPipe(j *Log, s logs.Stream) (p *pipe, w *os.File, err error) {
	r, w, err := os.Pipe()
	if err != nil {
		return nil, nil, fmt.Errorf("instancelog: %w", err)
	}
	p = &pipe{log: j, stream: s, file: r, done: make(chan struct{}), buf: make([]byte, chunk)}
	if p.raw, err = r.SyscallConn(); err != nil {
		p.abandon(w)
		return nil, nil, fmt.Errorf("instancelog: %w", err)
	}
	return p, w, nil
}

// abandon closes a pipe that was never used.
func (p *pipe) abandon(w *os.File) {
	p.file.Close()
	w.Close()
}

// run reads until the program and all its children have closed their end.
func (p *pipe) run() {
	defer close(p.done)
	defer p.file.Close()
	for {
		end := false
		err := p.raw.Read(func(fd uintptr) bool {
			p.reading.Lock()
			defer p.reading.Unlock()
			n, again := p.read(fd)
			end = n == 0 && !again
			return !again
		})
		if end || err != nil {
			break
		}
	}
	p.log.mu.Lock()
	defer p.log.mu.Unlock()
	p.end()
}

// drain reads what is in the pipe, without waiting for more.
func (p *pipe) drain() {
	_ = p.raw.Control(func(fd uintptr) { // fails only once run has closed the file
		p.reading.Lock()
		defer p.reading.Unlock()
		// As much as a pipe can hold: a program that never stops printing must
		// not keep us.
		for range maxPipe / chunk {
			if n, _ := p.read(fd); n <= 0 {
				return
			}
		}
	})
}

// maxPipe is how many bytes a pipe holds on Linux, unless told otherwise.
const maxPipe = 64 << 10

// read takes one chunk out of the pipe, and reports whether there was nothing
// yet. The reading lock is held.
func (p *pipe) read(fd uintptr) (n int, again bool) {
	for {
		n, err := syscall.Read(int(fd), p.buf)
		switch {
		case errors.Is(err, syscall.EINTR):
			continue
		case errors.Is(err, syscall.EAGAIN):
			return 0, true
		case err != nil:
			return 0, false
		}
		p.log.mu.Lock()
		p.take(p.buf[:n])
		p.log.mu.Unlock()
		return n, false
	}
}

// take splits data into lines. The log's lock is held, as it is below.
func (p *pipe) take(data []byte) {
	for len(data) > 0 {
		i := bytes.IndexByte(data, '\n')
		if i < 0 {
			p.keep(data)
			return
		}
		if len(p.rest) == 0 {
			p.log.line(p, data[:i])
		} else {
			p.keep(data[:i])
			p.end()
		}
		data = data[i+1:]
	}
}

// keep adds to the line whose newline has not come, as far as a line may go.
func (p *pipe) keep(data []byte) {
	if room := logs.MaxLine - len(p.rest); len(data) > room {
		data = data[:room]
	}
	p.rest = append(p.rest, data...)
}

// end ends that line.
func (p *pipe) end() {
	if len(p.rest) > 0 {
		p.log.line(p, p.rest)
		p.rest = p.rest[:0]
	}
}

// cut ends it as a line of rec's.
func (p *pipe) cut(rec *logs.Recorder) {
	if len(p.rest) == 0 {
		return
	}
	w := rec.Stdout()
	if p.stream == logs.Stderr {
		w = rec.Stderr()
	}
	_, _ = w.Write(append(p.rest, '\n')) // never fails
	p.rest = p.rest[:0]
}
