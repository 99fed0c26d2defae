package caport

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/wafer-run/wafer/abi"
)

// Host is the address of this machine that requests go to. A server must listen
// on all addresses, as in FC's containers: one that listens on 127.0.0.1 only is
// not reached here either, although there is no other machine.
const Host = "127.0.0.2"

// Dial connects to an address as the program sees it.
type Dial func(ctx context.Context, network, address string) (net.Conn, error)

// maxHead is how many bytes the head of an answer may have, with those of all
// interim answers before it. Parsed, small headers take twenty times as many.
const maxHead = 1 << 20

// ErrHead says that an answer's head was not read to its end.
var ErrHead = fmt.Errorf("caport: the answer's headers have over %d bytes", maxHead)

// Client talks to one instance. It is safe for concurrent use.
type Client struct {
	address   string
	dial      Dial
	transport *http.Transport
}

// New returns a client for a port.
func New(port int, dial Dial) *Client {
	c := &Client{address: net.JoinHostPort(Host, strconv.Itoa(port)), dial: dial}
	c.transport = &http.Transport{
		DialContext:            func(ctx context.Context, _, _ string) (net.Conn, error) { return c.connect(ctx) },
		DisableCompression:     true, // bodies pass as they are
		MaxIdleConnsPerHost:    256,  // over FC's highest concurrency of an instance
		MaxResponseHeaderBytes: maxHead,
	}
	return c
}

// connect makes a connection for requests.
func (c *Client) connect(ctx context.Context) (net.Conn, error) {
	nc, err := c.dial(ctx, "tcp", c.address)
	if err != nil {
		return nil, err
	}
	return &conn{Conn: nc}, nil
}

// Address is where the server should be.
func (c *Client) Address() string { return c.address }

// Close closes the connections that nobody uses.
func (c *Client) Close() { c.transport.CloseIdleConnections() }

// Probe tries to connect, FC's sign that a server is up.
func (c *Client) Probe(ctx context.Context) error {
	conn, err := c.dial(ctx, "tcp", c.address)
	if err != nil {
		return err
	}
	return conn.Close()
}

// Check asks a server whether it is well.
func (c *Client) Check(ctx context.Context, uri string) error {
	resp, err := c.Do(ctx, &Request{Method: http.MethodGet, URI: uri})
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode < 200 || resp.StatusCode > 399 {
		return fmt.Errorf("GET %s: status %d", uri, resp.StatusCode)
	}
	_, _ = io.CopyN(io.Discard, resp.Body, 64<<10) // so that the connection can be used again
	return nil
}

// Request is one request to the server.
type Request struct {
	Method  string
	URI     string // path and query as the client sent them
	Host    string // empty: localhost, as for servers in sandboxes
	Headers []abi.Pair
	// Platform headers are FC's own. They go out as they are spelled.
	Platform []abi.Pair
	Body     []byte
}

// Do sends a request. The caller closes the body of the response.
//
// Where the server closes the connection without an answer, GET, HEAD, OPTIONS and
// TRACE are made once more, as FC documents it for EOF and resets, and all others
// not. A kept connection that was closed before anything of a request was written
// does not count.
func (c *Client) Do(ctx context.Context, q *Request) (*http.Response, error) {
	for again := safe(q.Method); ; again = false {
		attempt := once(ctx)
		resp, err := c.transport.RoundTrip(c.request(attempt, q))
		if unanswered := err != nil && ctx.Err() == nil && context.Cause(attempt) != nil; unanswered && again {
			continue
		}
		if err != nil && strings.Contains(err.Error(), "response headers exceeded") { // net/http has no value for it
			return nil, errors.Join(ErrHead, err)
		}
		if err == nil && resp.StatusCode == http.StatusSwitchingProtocols {
			// Nobody asked for another protocol. net/http would give its connection
			// away, and reading from that does not end with ctx.
			_ = resp.Body.Close()
			resp.Body = http.NoBody
		}
		return resp, err
	}
}

// safe reports whether a method is for requests without effects, which have no
// length if they have no body.
func safe(method string) bool {
	switch method {
	case http.MethodGet, http.MethodHead, http.MethodOptions, http.MethodTrace:
		return true
	}
	return false
}

func (c *Client) request(ctx context.Context, q *Request) *http.Request {
	path, query, hasQuery := strings.Cut(q.URI, "?")
	u := &url.URL{Scheme: "http", Host: c.address, RawQuery: query, ForceQuery: hasQuery && query == ""}
	if strings.HasPrefix(path, "//") { // Opaque would take it for a host
		u.Path, u.RawPath = path, path
		if plain, err := url.PathUnescape(path); err == nil {
			u.Path = plain // else it would be escaped a second time
		}
	} else {
		u.Opaque = path // byte for byte as the client wrote it
	}
	req := (&http.Request{
		Method: q.Method, URL: u, Host: cmp.Or(q.Host, "localhost"), Header: make(http.Header, len(q.Headers)+len(q.Platform)+1),
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
	}).WithContext(ctx)
	for _, h := range q.Headers {
		if h.Key == "Content-Length" || h.Key == "Host" {
			continue // they follow from the request
		}
		req.Header[h.Key] = append(req.Header[h.Key], h.Value)
	}
	for _, h := range q.Platform {
		req.Header[h.Key] = append(req.Header[h.Key], h.Value)
	}
	if _, ok := req.Header["User-Agent"]; !ok {
		req.Header["User-Agent"] = []string{""} // none, instead of Go's
	}
	if len(q.Body) > 0 {
		req.ContentLength = int64(len(q.Body))
		req.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(q.Body)), nil }
		req.Body, _ = req.GetBody()
	} else if !safe(q.Method) {
		req.Body = http.NoBody // says Content-Length: 0
	}
	return req
}

// ProbeInterval is the time between two probes of a server that starts.
func ProbeInterval(waited time.Duration) time.Duration {
	return min(max(waited/8, 2*time.Millisecond), 100*time.Millisecond)
}
