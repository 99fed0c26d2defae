package front

import (
	"context"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/wafer-run/wafer/runner"
)

func TestLimits(t *testing.T) {
	const proxy = "/2016-08-15/proxy/svc/f/"
	query := func(uri string, n int) string { return uri + "?" + strings.Repeat("q", n-len(uri)-1) }
	headers := func(n int) []string { // n bytes with the Host header of request
		n -= len("Host") + len("f.example.com:8080")
		return []string{"A", strings.Repeat("x", 3000), "B", strings.Repeat("x", n-3002)}
	}
	f := echo()
	f.invoke = func(_ context.Context, ev runner.Event) (*runner.Result, error) {
		return &runner.Result{Payload: []byte(itoa(len(ev.Payload))), Usage: usage}, nil
	}
	f.http = func(_ context.Context, req *runner.HTTPRequest, w runner.HTTPWriter) error {
		return answerWith(w, 200, itoa(len(req.Payload)))
	}
	addr, _ := serve(t, one(f))
	for _, c := range []struct {
		name, method, uri string
		body              int
		headers           []string
		status            int
		want              string
	}{
		{"path 3.0", "GET", query("/p", 4096), 0, nil, 200, "0"},
		{"path 3.0 over", "GET", query("/p", 4097), 0, nil, 400, `"InvalidArgument","Message":"the path with its query has 4097 bytes, the limit is 4096"`},
		{"path 2.0 over", "GET", query(proxy, 4097), 0, nil, 400, `{"ErrorCode":"InvalidArgument","ErrorMessage":"the path with its query has 4097 bytes, the limit is 4096"}`},
		{"headers 3.0", "GET", "/", 0, headers(8192), 200, "0"},
		{"headers 3.0 over", "GET", "/", 0, headers(8193), 400, "the request headers have 8193 bytes, the limit is 8192"},
		{"headers 2.0", "GET", proxy, 0, headers(4096), 200, "0"},
		{"headers 2.0 over", "GET", proxy, 0, headers(4097), 400, "the request headers have 4097 bytes, the limit is 4096"},
		{"head over everything", "GET", "/", 0, headers(20_000), 400, "request line and headers have over 16384 bytes"},
		{"payload 3.0", "POST", invoke3, 32 << 20, nil, 200, "33554432"},
		{"payload 3.0 over", "POST", invoke3, 32<<20 + 1, nil, 400, `{"Code":"EntityTooLarge","Message":"payload size exceeds maximum allowed size (33554432 bytes): the payload has 33554433 bytes","RequestId":"`},
		{"payload 2.0", "POST", invoke2, 6 << 20, nil, 200, "6291456"},
		{"payload 2.0 over", "POST", invoke2, 6<<20 + 1, nil, 400, `{"ErrorCode":"EntityTooLarge","ErrorMessage":"payload size exceeds maximum allowed size (6291456 bytes): the payload has 6291457 bytes"}`},
		{"body 3.0 over", "POST", "/", 32<<20 + 1, nil, 400, "the request body has 33554433 bytes, the limit is 33554432"},
		{"body 2.0 over", "POST", proxy, 6<<20 + 1, nil, 400, "the request body has 6291457 bytes, the limit is 6291456"},
	} {
		for _, chunked := range []bool{false, true} {
			if chunked && c.body == 0 || testing.Short() && c.body > 1<<20 {
				continue
			}
			t.Run(c.name, func(t *testing.T) {
				conn := dial(t, addr)
				head := c.method + " " + c.uri + " HTTP/1.1\r\nHost: f.example.com:8080\r\n"
				for i := 0; i < len(c.headers); i += 2 {
					head += c.headers[i] + ": " + c.headers[i+1] + "\r\n"
				}
				want := c.want
				go func() {
					switch {
					case chunked:
						_, _ = io.WriteString(conn, head+"Transfer-Encoding: chunked\r\n\r\n")
						sendChunks(conn, c.body)
					case c.body > 0:
						_, _ = io.WriteString(conn, head+"Content-Length: "+itoa(c.body)+"\r\n\r\n")
						_, _ = io.CopyN(conn, zeros{}, int64(c.body))
					default:
						_, _ = io.WriteString(conn, head+"\r\n")
					}
				}()
				if chunked && c.status != 200 { // how much is coming is not known
					want = strings.NewReplacer("33554433 bytes", "more", "6291457 bytes", "more").Replace(want)
				}
				r := conn.receive(c.method)
				if r.StatusCode != c.status || !strings.Contains(r.body, want) {
					t.Errorf("status %d, body %s; want %d, %s", r.StatusCode, r.body, c.status, want)
				}
			})
		}
	}
}

type zeros struct{}

func (zeros) Read(b []byte) (int, error) { return len(b), nil }

func sendChunks(w io.Writer, n int) {
	piece := strings.Repeat("x", 1<<20)
	for n > 0 {
		p := piece[:min(n, len(piece))]
		if _, err := io.WriteString(w, strings.ToUpper(hexLen(p))+"\r\n"+p+"\r\n"); err != nil {
			return
		}
		n -= len(p)
	}
	_, _ = io.WriteString(w, "0\r\n\r\n")
}

// A refused request does not spoil the next one on its connection, unless its
// body is too large to be skipped.
func TestConnectionAfterRefusal(t *testing.T) {
	addr, _ := serve(t, directory{functions: map[string]Function{"/f": echo()}})
	for _, c := range []struct {
		name string
		body int
		open bool
	}{{"none", 0, true}, {"small", 10, true}, {"skipped", 200 << 10, true}, {"large", 300 << 10, false}} {
		for _, chunked := range []bool{false, true} {
			t.Run(c.name, func(t *testing.T) {
				conn := dial(t, addr)
				go func() {
					head := "POST /2023-03-30/functions/none/invocations HTTP/1.1\r\nHost: x\r\n"
					if chunked {
						_, _ = io.WriteString(conn, head+"Transfer-Encoding: chunked\r\n\r\n")
						sendChunks(conn, c.body)
					} else {
						_, _ = io.WriteString(conn, head+"Content-Length: "+itoa(c.body)+"\r\n\r\n")
						_, _ = io.CopyN(conn, zeros{}, int64(c.body))
					}
					if c.open {
						_, _ = io.WriteString(conn, "POST "+invoke3+" HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nhi")
					}
				}()
				r := conn.receive("POST")
				if r.StatusCode != 404 || r.Close == c.open {
					t.Errorf("status %d, connection closed: %v", r.StatusCode, r.Close)
				}
				if c.open {
					if r := conn.receive("POST"); r.StatusCode != 200 || r.body != "hi" {
						t.Errorf("next request: status %d, body %s", r.StatusCode, r.body)
					}
				}
			})
		}
	}
}

// A client that announces too much, and then stops sending it, hears so. The
// first 8 KB are fasthttp's to wait for.
func TestRefusalDoesNotWait(t *testing.T) {
	addr, _ := serve(t, one(echo()), func(c *Config) { c.ReadTimeout = time.Hour })
	c := dial(t, addr)
	c.send("POST /2023-03-30/functions/f/invocations HTTP/1.1\r\nHost: x\r\nContent-Length: 10737418240\r\n\r\n" + strings.Repeat("x", 8<<10))
	if r := c.receive("POST"); r.StatusCode != 400 || !strings.Contains(r.body, "EntityTooLarge") || !r.Close {
		t.Errorf("status %d, close %t, body %s", r.StatusCode, r.Close, r.body)
	}
}

func TestBodyMemory(t *testing.T) {
	inside, goOn := make(chan struct{}), make(chan struct{})
	f := echo()
	f.invoke = func(_ context.Context, ev runner.Event) (*runner.Result, error) {
		inside <- struct{}{}
		<-goOn
		return &runner.Result{Usage: usage}, nil
	}
	addr, s := serve(t, one(f), func(c *Config) { c.BodyMemory = 2 << 20 })
	half := strings.Repeat("x", 1000<<10)
	first := dial(t, addr)
	first.send("POST " + invoke3 + " HTTP/1.1\r\nHost: x\r\nContent-Length: " + itoa(len(half)) + "\r\n\r\n" + half)
	<-inside
	if n := s.bodies.used.Load(); n != int64(len(half)) {
		t.Errorf("%d bytes accounted for, want %d", n, len(half))
	}
	r := request(t, addr, "POST", invoke3, half)
	if r.StatusCode != 503 || !strings.Contains(r.body, `"ResourceThrottled"`) || !strings.Contains(r.body, "the limit is 2097152") || r.Header.Get("Retry-After") != "1" {
		t.Errorf("status %d, body %s", r.StatusCode, r.body)
	}
	small := make(chan response)
	go func() { small <- request(t, addr, "POST", invoke3, "small") }()
	<-inside // small ones are always taken
	goOn <- struct{}{}
	goOn <- struct{}{}
	if r := <-small; r.StatusCode != 200 {
		t.Errorf("small body: status %d", r.StatusCode)
	}
	if r := first.receive("POST"); r.StatusCode != 200 {
		t.Errorf("first body: status %d", r.StatusCode)
	}
}

func TestBrokenBodies(t *testing.T) {
	called := make(chan struct{}, 1)
	f := echo()
	f.invoke = func(context.Context, runner.Event) (*runner.Result, error) {
		called <- struct{}{}
		return &runner.Result{}, nil
	}
	addr, _ := serve(t, one(f))
	for name, body := range map[string]string{
		"cut off":           "Content-Length: 10\r\n\r\nabc",
		"chunk cut off":     "Transfer-Encoding: chunked\r\n\r\n5\r\nabc",
		"no chunk size":     "Transfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n0\r\n\r\n",
		"chunk without end": "Transfer-Encoding: chunked\r\n\r\n3\r\nabcdef\r\n0\r\n\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			c := dial(t, addr)
			c.send("POST " + invoke3 + " HTTP/1.1\r\nHost: x\r\n" + body)
			if err := c.Conn.(interface{ CloseWrite() error }).CloseWrite(); err != nil {
				t.Fatal(err)
			}
			if r := c.receive("POST"); r.StatusCode < 400 || !r.Close {
				t.Errorf("status %d, connection closed: %v", r.StatusCode, r.Close)
			}
			select {
			case <-called:
				t.Error("the function was called with half a body")
			default:
			}
		})
	}
}

func TestExpectContinue(t *testing.T) {
	addr, _ := serve(t, one(echo()))
	c := dial(t, addr)
	c.send("POST " + invoke3 + " HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n")
	line, err := c.r.ReadString('\n')
	if err != nil || line != "HTTP/1.1 100 Continue\r\n" {
		t.Fatalf("%q, %v", line, err)
	}
	_, _ = c.r.ReadString('\n')
	c.send("hi")
	if r := c.receive("POST"); r.StatusCode != 200 || r.body != "hi" {
		t.Errorf("status %d, body %s", r.StatusCode, r.body)
	}
}
