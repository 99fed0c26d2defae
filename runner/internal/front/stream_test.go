package front

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/wafer-run/wafer/runner"
)

// end is the piece that ends a stream of pieces.
const end = "\x00"

// pieces answers with a stream of what comes from next.
func pieces(next <-chan string) *fake {
	return &fake{http: func(ctx context.Context, _ *runner.HTTPRequest, w runner.HTTPWriter) error {
		if err := w.WriteHead(200, []runner.Header{{Key: "Content-Type", Value: "text/event-stream"}}, -1); err != nil {
			return err
		}
		for {
			select {
			case p := <-next:
				if p == end {
					return nil
				}
				if _, err := w.Write([]byte(p)); err != nil {
					return err
				}
			case <-ctx.Done():
				return context.Cause(ctx)
			}
		}
	}}
}

func TestStreamGoesOutAsWritten(t *testing.T) {
	next := make(chan string)
	addr, _ := serve(t, one(pieces(next)))
	c := dial(t, addr)
	for range 2 { // the connection lives on
		c.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
		head := ""
		for !strings.HasSuffix(head, "\r\n\r\n") {
			line, err := c.r.ReadString('\n') // nothing of the body is written yet
			if err != nil {
				t.Fatal(err)
			}
			head += line
		}
		if !strings.Contains(head, "Transfer-Encoding: chunked\r\n") || strings.Contains(head, "Content-Length") {
			t.Errorf("head of a stream:\n%s", head)
		}
		for _, p := range []string{"one", "twenty", strings.Repeat("x", 100_000)} {
			next <- p
			want := hexLen(p) + "\r\n" + p + "\r\n"
			got := make([]byte, len(want))
			if _, err := io.ReadFull(c.r, got); err != nil {
				t.Fatal(err)
			}
			if string(got) != want {
				t.Errorf("chunk %.60q, want %.60q", got, want)
			}
		}
		next <- "" // must not end the stream
		next <- "end"
		got := make([]byte, len("3\r\nend\r\n"))
		if _, err := io.ReadFull(c.r, got); err != nil || string(got) != "3\r\nend\r\n" {
			t.Errorf("after an empty piece: %q, %v", got, err)
		}
		next <- end
		got = make([]byte, len("0\r\n\r\n"))
		if _, err := io.ReadFull(c.r, got); err != nil || string(got) != "0\r\n\r\n" {
			t.Errorf("end of the stream: %q, %v", got, err)
		}
	}
}

// streamed answers with a body of a size that is known or not.
func streamed(size int64, body []string, err error) *fake {
	return &fake{http: func(_ context.Context, _ *runner.HTTPRequest, w runner.HTTPWriter) error {
		if err := w.WriteHead(200, nil, size); err != nil {
			return err
		}
		for _, p := range body {
			if _, err := w.Write([]byte(p)); err != nil {
				return err
			}
		}
		return err
	}}
}

func TestStreams(t *testing.T) {
	failed := &runner.InvokeError{Kind: runner.HandlerFailed, Message: "too late"}
	large := strings.Repeat("0123456789abcdef", 64<<10) // 1 MiB
	whole := []string{large, large, large}
	for _, c := range []struct {
		name, method, version string
		f                     *fake
		status                int
		length                int64
		body                  string
		broken, close         bool
	}{
		{"small, known", "GET", "1.1", streamed(6, []string{"abc", "def"}, nil), 200, 6, "abcdef", false, false},
		{"small, unknown", "GET", "1.1", streamed(-1, []string{"abc", "def"}, nil), 200, -1, "abcdef", false, false},
		{"empty, unknown", "GET", "1.1", streamed(-1, nil, nil), 200, -1, "", false, false},
		{"large, known", "GET", "1.1", streamed(3<<20, whole, nil), 200, 3 << 20, large + large + large, false, false},
		{"large, unknown", "GET", "1.1", streamed(-1, whole, nil), 200, -1, large + large + large, false, false},
		{"HEAD, known", "HEAD", "1.1", streamed(3<<20, whole, nil), 200, 3 << 20, "", false, false},
		{"HEAD, unknown", "HEAD", "1.1", streamed(-1, whole, nil), 200, -1, "", false, false},
		{"HTTP/1.0, unknown", "GET", "1.0", streamed(-1, whole, nil), 200, 3 << 20, large + large + large, false, true},
		{"HTTP/1.0, known", "GET", "1.0", streamed(3<<20, whole, nil), 200, 3 << 20, large + large + large, false, true},
		{"failed late, unknown", "GET", "1.1", streamed(-1, []string{"abc"}, failed), 200, -1, "abc", true, true},
		{"failed late, known", "GET", "1.1", streamed(3<<20, []string{large}, failed), 200, 3 << 20, large, true, true},
		{"failed late on HEAD", "HEAD", "1.1", streamed(-1, whole, failed), 502, -1, "", false, false},
		{"panics late", "GET", "1.1", &fake{http: func(_ context.Context, _ *runner.HTTPRequest, w runner.HTTPWriter) error {
			_ = w.WriteHead(200, nil, -1)
			_, _ = w.Write([]byte("abc"))
			panic("late")
		}}, 200, -1, "abc", true, true},
		{"less than said", "GET", "1.1", streamed(3<<20, []string{large}, nil), 200, 3 << 20, large, true, true},
		{"more than said", "GET", "1.1", streamed(1<<20, whole, nil), 200, 1 << 20, large, false, true},
		{"no content", "GET", "1.1", &fake{http: func(_ context.Context, _ *runner.HTTPRequest, w runner.HTTPWriter) error {
			return answerWith(w, 204, "ignored")
		}}, 204, 0, "", false, false},
		{"not modified", "GET", "1.1", &fake{http: func(_ context.Context, _ *runner.HTTPRequest, w runner.HTTPWriter) error {
			return answerWith(w, 304, "ignored")
		}}, 304, 0, "", false, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			addr, _ := serve(t, one(c.f))
			conn := dial(t, addr)
			for range 2 {
				conn.send(c.method + " / HTTP/" + c.version + "\r\nHost: x\r\n\r\n")
				r := conn.receive(c.method)
				if r.StatusCode != c.status || r.body != c.body || (r.err != nil) != c.broken {
					t.Fatalf("status %d, %d bytes of body, error %v; want %d, %d bytes, an error: %v", r.StatusCode, len(r.body), r.err, c.status, len(c.body), c.broken)
				}
				if c.status == 200 && r.ContentLength != c.length {
					t.Errorf("content length %d, want %d", r.ContentLength, c.length)
				}
				if c.close {
					if _, err := conn.r.ReadByte(); !errors.Is(err, io.EOF) {
						t.Errorf("connection is still open: %v", err)
					}
					return
				}
			}
		})
	}
}

// A stream that a function breaks off is worth one line of the server's log; one
// that the client has enough of is worth none.
func TestStreamsBrokenOffAreLogged(t *testing.T) {
	var lines lockedBuffer
	records := make(chan Record, 1)
	logged := func(f *fake) (addr string) {
		addr, _ = serve(t, one(f), func(c *Config) {
			c.Logger = slog.New(slog.NewTextHandler(&lines, nil))
			c.Record = func(r *Record) { records <- *r }
		})
		return addr
	}
	late := &runner.InvokeError{Kind: runner.HandlerFailed, Message: "too late"}
	c := dial(t, logged(streamed(-1, []string{"abc"}, late)))
	c.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
	if r := c.receive("GET"); r.err == nil {
		t.Error("the client sees a whole answer")
	}
	<-records
	next := make(chan string, 1)
	c = dial(t, logged(pieces(next)))
	c.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
	if _, err := c.r.ReadString('\n'); err != nil {
		t.Fatal(err)
	}
	_ = c.Close()
	if r := <-records; r.Status != 499 {
		t.Errorf("the record has status %d", r.Status)
	}
	time.Sleep(100 * time.Millisecond) // fasthttp logs when all is over
	got := lines.String()
	if strings.Count(got, "\n") != 1 || !strings.Contains(got, "level=INFO") || !strings.Contains(got, "too late") {
		t.Errorf("log:\n%s", got)
	}
}

// lockedBuffer is a buffer for several goroutines.
type lockedBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}

// Pipelined answers come in order, streams among them.
func TestPipelining(t *testing.T) {
	f := &fake{http: func(_ context.Context, req *runner.HTTPRequest, w runner.HTTPWriter) error {
		size := int64(-1)
		if req.Path[1] == 'w' {
			size = int64(len(req.Path))
		}
		if err := w.WriteHead(200, nil, size); err != nil {
			return err
		}
		_, err := w.Write([]byte(req.Path))
		return err
	}}
	addr, _ := serve(t, one(f))
	c := dial(t, addr)
	paths := []string{"/w1", "/s2", "/w3", "/w4", "/s5", "/s6", "/w7"}
	all := ""
	for _, p := range paths {
		all += "POST " + p + " HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc"
	}
	c.send(all)
	for _, p := range paths {
		if r := c.receive("POST"); r.StatusCode != 200 || r.body != p {
			t.Errorf("status %d, body %q, want %q", r.StatusCode, r.body, p)
		}
	}
}
