package serve

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"time"

	"github.com/wafer-run/wafer/abi"
	"github.com/wafer-run/wafer/hostfns/socket"
)

// Errors of [Exchange.Do], beside those of the context.
var (
	// ErrDeadline says that the exchange's deadline passed. It matches
	// [context.DeadlineExceeded].
	ErrDeadline = fmt.Errorf("serve: the request ran into its deadline: %w", context.DeadlineExceeded)
	// ErrClosed says that the guest closed the connection instead of
	// answering, or before its answer was complete.
	ErrClosed = errors.New("serve: the server closed the connection without a complete answer")
)

// AnswerError says that what the guest sent is no HTTP.
type AnswerError struct{ Err error }

func (e *AnswerError) Error() string {
	return "serve: the server's answer is not HTTP: " + e.Err.Error()
}
func (e *AnswerError) Unwrap() error { return e.Err }

// Sink takes an answer, on the goroutine of [Exchange.Do]. An error from it ends
// the exchange.
type Sink interface {
	// WriteHead gets status and headers, and the size of the whole body, -1
	// when it is streamed.
	WriteHead(status int, headers []abi.Pair, size int64) error
	Write(p []byte) (int, error)
}

// Exchange is one request on its way through a guest.
type Exchange struct {
	Driver   *Driver
	Deadline time.Time
	// Limit is the largest head of an answer in bytes.
	Limit int

	conn *socket.Conn
	ctx  context.Context
	late <-chan time.Time
	left int64 // bytes that the head may still have, or less than zero
	// answered says that the sink has got a head: a guest may answer what it has
	// not read.
	answered bool
	since    time.Time // when the host began to work on the answer
}

// Do sends the request and hands the answer to the sink. It does not hold the
// driver running: enter it before. An exchange is done once.
//
// # Errors
//
// ctx's error, [ErrDeadline], [ErrClosed], a [*RequestError] or [*AnswerError],
// the sink's error, and what ended the guest. After all of them but
// [*RequestError] look at [Exchange.Conn]: the guest may still be busy with the
// request.
func (x *Exchange) Do(ctx context.Context, r *Request, sink Sink) error {
	head, err := r.appendHead(make([]byte, 0, 1024))
	if err != nil {
		return err
	}
	if !x.Deadline.IsZero() {
		t := time.NewTimer(time.Until(x.Deadline))
		defer t.Stop()
		x.late = t.C
	}
	x.ctx = ctx
	for {
		conn, used := x.Driver.conn()
		x.conn = conn
		before, _ := x.conn.Taken()
		x.conn.Send(head, r.Body)
		err := x.receive(r.Method, sink)
		if err == nil {
			return nil
		}
		after, _ := x.conn.Taken()
		x.conn.Close()
		if used && after == before && !x.answered && errors.Is(err, ErrClosed) && x.Driver.Err() == nil {
			continue // closed for its age before it saw the request
		}
		if died := x.Driver.Err(); died != nil && errors.Is(err, ErrClosed) {
			return died
		}
		return err
	}
}

// Conn returns the connection the request was sent on, or nil.
func (x *Exchange) Conn() *socket.Conn { return x.conn }

// reader reads from the exchange's connection, and waits. What is done with what it
// has read is work of the host's that the guest makes: it is charged for it.
type reader struct{ x *Exchange }

func (r reader) Read(p []byte) (int, error) {
	x := r.x
	x.worked()
	defer x.works()
	select { // a guest may always have more
	case <-x.late:
		return 0, ErrDeadline
	case <-x.ctx.Done():
		return 0, x.ctx.Err()
	default:
	}
	for {
		n, err := x.conn.TryRead(p)
		if n > 0 || err != nil || len(p) == 0 {
			if x.left >= 0 {
				if x.left -= int64(n); x.left < 0 {
					return n, fmt.Errorf("its head has over %d bytes", x.Limit)
				}
			}
			return n, err
		}
		select {
		case <-x.conn.Changed():
		case <-x.late:
			return 0, ErrDeadline
		case <-x.ctx.Done():
			return 0, x.ctx.Err()
		}
	}
}

func (x *Exchange) works()  { x.since = time.Now() }
func (x *Exchange) worked() { x.Driver.eng.Spent(time.Since(x.since)) }

// receive reads one answer, and keeps the connection if it can be used again.
func (x *Exchange) receive(method string, sink Sink) error {
	// The head may have what is buffered with it of the body, too.
	x.left = int64(x.Limit) + socket.BufferSize
	if x.Limit <= 0 {
		x.left = -1
	}
	x.works()
	from := bufio.NewReaderSize(reader{x}, 2<<10)
	req := &http.Request{Method: method}
	var resp *http.Response
	for {
		var err error
		// The body is not closed: that would read, and wait for, what is left.
		if resp, err = http.ReadResponse(from, req); err != nil { //nolint:bodyclose // see above
			return x.broken(err, true)
		}
		if resp.StatusCode >= 200 {
			break
		}
		if resp.StatusCode == http.StatusSwitchingProtocols {
			return &AnswerError{errors.New("status 101, but connections cannot be taken over")}
		}
	}
	x.left, x.answered = -1, true
	if err := sink.WriteHead(resp.StatusCode, headers(resp.Header), resp.ContentLength); err != nil {
		return err
	}
	if err := x.copyBody(resp, sink); err != nil {
		return err
	}
	_, unread := x.conn.Taken()
	if resp.Close || unread || from.Buffered() > 0 || x.conn.Ended() {
		x.conn.Close()
	} else {
		x.Driver.keep(x.conn)
	}
	return nil
}

// pieceSize is how much of a body is handed on at once, in bytes.
const pieceSize = 16 << 10

// copyBody hands the body on piece by piece, as it comes.
func (x *Exchange) copyBody(resp *http.Response, sink Sink) error {
	body, size := resp.Body, int64(pieceSize)
	if body == http.NoBody {
		return nil
	}
	if n := resp.ContentLength; n > 0 && n < size {
		size = n
	}
	buf := make([]byte, size)
	for {
		n, err := body.Read(buf)
		if n > 0 {
			x.worked()
			if _, err := sink.Write(buf[:n]); err != nil {
				return err
			}
			x.works()
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return x.broken(err, false)
		}
	}
}

// broken tells the reasons apart why an answer could not be read.
func (x *Exchange) broken(err error, head bool) error {
	switch {
	case errors.Is(err, ErrDeadline), x.ctx.Err() != nil && errors.Is(err, x.ctx.Err()):
		return err
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return ErrClosed
	case head && x.left < 0 && x.Limit > 0:
		return &AnswerError{fmt.Errorf("its head has over %d bytes", x.Limit)}
	}
	return &AnswerError{err}
}

// headers lists those that are the answer's and not the connection's, in an
// order that does not change.
func headers(h http.Header) []abi.Pair {
	keys := make([]string, 0, len(h))
	for k := range h {
		if !perHop(k) {
			keys = append(keys, k)
		}
	}
	slices.Sort(keys)
	list := make([]abi.Pair, 0, len(keys))
	for _, k := range keys {
		for _, v := range h[k] {
			list = append(list, abi.Pair{Key: k, Value: v})
		}
	}
	return list
}
