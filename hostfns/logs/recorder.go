package logs

import (
	"bytes"
	"io"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/wafer-run/wafer/abi"
)

const (
	// MaxLine is the longest line in bytes; the rest of a longer one is
	// dropped. Function Compute's limit is the same.
	MaxLine = 32 << 10
	// MaxRequest is how many bytes of log one request may produce before the
	// rest is dropped.
	MaxRequest = 1 << 20
	// TailSize is how many bytes of the end of a request's log are kept, as
	// much as X-Fc-Log-Result can carry.
	TailSize = 4 << 10
)

// timeLayout is that of FC's log lines: trailing zeros of the fraction are
// dropped.
const timeLayout = "2006-01-02T15:04:05.999Z"

// Recorder is the log of one instance. It is safe for concurrent use. An
// instance that serves several requests at once has one recorder for itself and
// one for each of them; see [Recorder.Fork].
type Recorder struct {
	source Source
	sink   Sink
	mu     *sync.Mutex // of the recorder and its forks
	parent *Recorder   // of a fork
	forks  []*Recorder

	requestID string
	tail      []byte // the last TailSize..2*TailSize bytes, lines ended by \n
	written   int    // bytes of this request, also those no longer in tail
	truncated bool
	out, err  pending
}

// pending is a line whose newline has not come yet.
type pending struct {
	text []byte
	cut  bool
}

// New returns the recorder of an instance of function. sink may be nil.
func New(function string, sink Sink) *Recorder {
	return NewFrom(Source{Function: function}, sink)
}

// NewFrom is [New] for an instance of which more is known.
func NewFrom(source Source, sink Sink) *Recorder {
	return &Recorder{source: source, sink: sink, mu: new(sync.Mutex)}
}

// Begin starts the log of a request. What was kept of the one before is gone.
func (r *Recorder) Begin(requestID string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.begin(requestID)
}

func (r *Recorder) begin(requestID string) {
	r.requestID = requestID
	r.tail = r.tail[:0]
	r.written, r.truncated = 0, false
}

// Phase is a part of a request's log that FC marks by Start and End lines.
type Phase string

// The phases that FC names.
const (
	Invoke     Phase = "Invoke"
	Initialize Phase = "Initialize"
	PreFreeze  Phase = "PreFreeze"
	PreStop    Phase = "PreStop"
)

// Start writes a phase's Start line.
func (r *Recorder) Start(p Phase) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.host("FC ", string(p), " Start RequestId: ", r.requestID)
}

// End writes a phase's End line. reason is empty after success; otherwise it
// follows the request id.
func (r *Recorder) End(p Phase, reason string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.flush()
	if reason == "" {
		r.host("FC ", string(p), " End RequestId: ", r.requestID)
		return
	}
	r.host("FC ", string(p), " End RequestId: ", r.requestID, ", Error: ", reason)
}

// host writes a line of wafer's own, also when the request is over its limit. Part
// of it may come from the guest, in an error's message.
func (r *Recorder) host(parts ...string) {
	from := len(r.tail)
	for _, p := range parts {
		r.tail = append(r.tail, p[:min(len(p), MaxLine-(len(r.tail)-from))]...)
	}
	r.sinkLine(Host, r.tail[from:])
	r.endTail(from)
}

// Host writes text, which may hold several lines, as wafer's own.
func (r *Recorder) Host(text string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.flush()
	for len(text) > 0 {
		line := text
		if i := strings.IndexByte(text, '\n'); i >= 0 {
			line, text = text[:i], text[i+1:]
		} else {
			text = ""
		}
		r.host(line)
	}
}

// Record writes a record of the log capability in the format of FC's loggers.
func (r *Recorder) Record(level abi.Level, text []byte) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r = r.current()
	if r.truncated {
		return
	}
	text = text[:min(len(text), MaxLine)] // or its whole length would be copied
	var b []byte
	b = time.Now().UTC().AppendFormat(b, timeLayout)
	b = append(b, ' ')
	b = append(b, r.requestID...)
	b = append(b, " ["...)
	b = append(b, level.String()...)
	b = append(b, "] "...)
	b = append(b, bytes.TrimSuffix(text, []byte("\n"))...)
	r.line(Records, b)
}

// line ends one guest line.
func (r *Recorder) line(s Stream, text []byte) {
	if r.truncated || s == Stdout && r.marker(text) {
		return
	}
	if r.written+len(text) >= MaxRequest {
		r.truncated = true
		r.host("wafer: the log of this request is over ", strconv.Itoa(MaxRequest), " bytes, the rest is dropped")
		return
	}
	if len(text) > MaxLine {
		text = text[:MaxLine]
	}
	r.sinkLine(s, text)
	from := len(r.tail)
	r.tail = append(r.tail, text...)
	r.endTail(from)
}

// marker reports whether a line that the guest printed is one of the Start and
// End lines of this request, which servers of FC's custom runtime have to print
// themselves. They are in the log already.
func (r *Recorder) marker(text []byte) bool {
	rest, ok := bytes.CutPrefix(text, []byte("FC "))
	if !ok || r.requestID == "" {
		return false
	}
	for _, p := range []Phase{Invoke, Initialize, PreFreeze, PreStop} {
		for _, edge := range []string{" Start RequestId: ", " End RequestId: "} {
			if after, ok := bytes.CutPrefix(rest, []byte(string(p)+edge)); ok {
				id, _, _ := bytes.Cut(bytes.TrimSpace(after), []byte(", Error: "))
				return string(id) == r.requestID
			}
		}
	}
	return false
}

func (r *Recorder) sinkLine(s Stream, text []byte) {
	if r.sink != nil {
		r.sink(Line{Time: time.Now(), Source: r.source, RequestID: r.requestID, Stream: s, Text: text})
	}
}

// endTail ends the line that starts at from, and forgets old lines now and
// then, so that the tail stays bounded at little cost.
func (r *Recorder) endTail(from int) {
	r.tail = append(r.tail, '\n')
	r.written += len(r.tail) - from
	if len(r.tail) > 2*TailSize {
		r.tail = r.tail[:copy(r.tail, r.tail[len(r.tail)-TailSize:])]
	}
}

// Tail returns the last [TailSize] bytes of the current request's log. It
// aliases the recorder: copy it before the next call.
func (r *Recorder) Tail() []byte {
	r.mu.Lock()
	defer r.mu.Unlock()
	if n := len(r.tail); n > TailSize {
		return r.tail[n-TailSize:]
	}
	return r.tail
}

// Flush ends lines that the guest left without a newline.
func (r *Recorder) Flush() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.flush()
}

func (r *Recorder) flush() {
	if r.parent != nil {
		r = r.parent // the guest prints there
	}
	for _, p := range []struct {
		p *pending
		s Stream
	}{{&r.out, Stdout}, {&r.err, Stderr}} {
		if len(p.p.text) > 0 || p.p.cut {
			r.current().line(p.s, p.p.text)
			p.p.text, p.p.cut = p.p.text[:0], false
		}
	}
}

// Stdout returns the writer for the guest's stdout.
func (r *Recorder) Stdout() io.Writer { return stdout{r} }

// Stderr returns the writer for the guest's stderr.
func (r *Recorder) Stderr() io.Writer { return stderr{r} }

type (
	stdout struct{ r *Recorder }
	stderr struct{ r *Recorder }
)

func (w stdout) Write(b []byte) (int, error) { return w.r.write(&w.r.out, Stdout, b) }
func (w stderr) Write(b []byte) (int, error) { return w.r.write(&w.r.err, Stderr, b) }

func (r *Recorder) write(p *pending, s Stream, b []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	to := r.current()
	n := len(b)
	for len(b) > 0 {
		i := bytes.IndexByte(b, '\n')
		chunk := b
		if i >= 0 {
			chunk = b[:i]
		}
		if i >= 0 && len(p.text) == 0 && !p.cut {
			to.line(s, chunk) // a whole line at once: no copy
		} else {
			if room := MaxLine - len(p.text); len(chunk) > room {
				chunk, p.cut = chunk[:room], true
			}
			p.text = append(p.text, chunk...)
			if i >= 0 {
				to.line(s, p.text)
				p.text, p.cut = p.text[:0], false
			}
		}
		if i < 0 {
			break
		}
		b = b[i+1:]
	}
	return n, nil
}
