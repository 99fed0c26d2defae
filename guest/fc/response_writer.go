//go:build !wafer_nohttp

package fc

import (
	"errors"
	"net/http"
	"sort"
	"time"

	"github.com/wafer-run/wafer/abi"
)

// answerSink takes the parts of a streamed answer.
type answerSink interface {
	Write(part abi.Part, p []byte) abi.Errno
}

// responseWriter collects an answer, so that a handler which fails in the end
// can still be answered for. It differs from net/http's on purpose: headers can
// be set until the answer leaves, nothing is sniffed or counted, and of several
// statuses, informational ones included, the first stands.
//
// With a sink, Flush sends what there is, and what follows goes out at once.
type responseWriter struct {
	header http.Header
	status int // 0 until the first WriteHeader
	body   []byte
	sink   answerSink // nil when the answer cannot be streamed
	sent   bool       // the head is out
	err    error      // what the host said to a piece of a streamed answer
}

func newResponseWriter(sink answerSink) *responseWriter {
	return &responseWriter{header: http.Header{}, sink: sink}
}

// Header implements [http.ResponseWriter].
func (w *responseWriter) Header() http.Header { return w.header }

// WriteHeader implements [http.ResponseWriter].
func (w *responseWriter) WriteHeader(status int) {
	if w.status != 0 {
		return
	}
	w.status = status
	if _, ok := w.header["Date"]; !ok {
		w.header["Date"] = []string{time.Now().UTC().Format(http.TimeFormat)}
	}
}

// Write implements [http.ResponseWriter]. It fails only when the answer is being
// streamed and the host does not take more.
func (w *responseWriter) Write(p []byte) (int, error) {
	if w.status == 0 {
		w.WriteHeader(http.StatusOK)
	}
	if !w.sent {
		w.body = append(w.body, p...)
		return len(p), nil
	}
	if w.err == nil {
		w.err = w.send(abi.PartHTTPBody, p)
	}
	if w.err != nil {
		return 0, w.err
	}
	return len(p), nil
}

// Flush implements [http.Flusher]. From here on an error of the handler cannot
// take the answer back.
func (w *responseWriter) Flush() {
	if w.sink == nil || w.sent {
		return
	}
	if w.status == 0 {
		w.WriteHeader(http.StatusOK)
	}
	w.err = w.release(0)
}

// finish sends what has not been sent, at the end of a handler that succeeded.
func (w *responseWriter) finish() error {
	if w.sent {
		return w.err
	}
	return w.release(uint64(len(w.body)) + 1)
}

// release sends the head and the body so far. For bodySize see
// [abi.HTTPHead.BodySize].
func (w *responseWriter) release(bodySize uint64) error {
	w.sent = true
	body := w.body
	w.body = nil
	if err := w.send(abi.PartHTTPHead, w.appendHead(nil, bodySize)); err != nil || len(body) == 0 {
		return err
	}
	return w.send(abi.PartHTTPBody, body)
}

func (w *responseWriter) send(part abi.Part, p []byte) error {
	if errno := w.sink.Write(part, p); errno != abi.ErrnoOK {
		return errors.New("fc: writing the response: " + errno.String())
	}
	return nil
}

// appendHead appends the head frame, names in order.
func (w *responseWriter) appendHead(b []byte, bodySize uint64) []byte {
	names := make([]string, 0, len(w.header))
	for name := range w.header {
		names = append(names, name)
	}
	sort.Strings(names)
	head := abi.HTTPHead{
		Status: uint32(w.status), Headers: make([]abi.Pair, 0, len(names)), BodySize: bodySize,
	}
	for _, name := range names {
		for _, value := range w.header[name] {
			head.Headers = append(head.Headers, abi.Pair{Key: name, Value: value})
		}
	}
	return head.AppendTo(b)
}
