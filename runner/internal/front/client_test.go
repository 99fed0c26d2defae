package front

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"
)

// conn is a client's connection, for what net/http would not send.
type conn struct {
	t testing.TB
	net.Conn
	r *bufio.Reader
}

func dial(t testing.TB, addr string) *conn {
	t.Helper()
	c, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	if err := c.SetDeadline(time.Now().Add(30 * time.Second)); err != nil {
		t.Fatal(err)
	}
	return &conn{t: t, Conn: c, r: bufio.NewReader(c)}
}

func (c *conn) send(s string) {
	c.t.Helper()
	if _, err := io.WriteString(c, s); err != nil {
		c.t.Fatal(err)
	}
}

// response is an answer with its body read.
type response struct {
	*http.Response
	body string
	err  error // of reading the body
}

// receive reads one answer to a request of that method.
func (c *conn) receive(method string) response {
	c.t.Helper()
	r, err := http.ReadResponse(c.r, &http.Request{Method: method})
	if err != nil {
		c.t.Fatalf("reading the answer: %v", err)
	}
	defer r.Body.Close()
	body, err := io.ReadAll(r.Body)
	return response{r, string(body), err}
}

// request is one request over a connection of its own.
func request(t testing.TB, addr, method, uri, body string, headers ...string) response {
	t.Helper()
	var b strings.Builder
	b.WriteString(method + " " + uri + " HTTP/1.1\r\nHost: f.example.com:8080\r\n")
	for i := 0; i < len(headers); i += 2 {
		b.WriteString(headers[i] + ": " + headers[i+1] + "\r\n")
	}
	if body != "" {
		b.WriteString("Content-Length: " + itoa(len(body)) + "\r\n")
	}
	b.WriteString("\r\n" + body)
	c := dial(t, addr)
	c.send(b.String())
	return c.receive(method)
}

func itoa(n int) string { return strconv.Itoa(n) }

func hexLen(s string) string { return strconv.FormatInt(int64(len(s)), 16) }
