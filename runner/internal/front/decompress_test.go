package front

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"math/rand/v2"
	"net/http"
	"strings"
	"testing"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"github.com/wafer-run/wafer/runner"
)

// compressed is s in a coding.
func compressed(t *testing.T, name, s string) string {
	t.Helper()
	var b bytes.Buffer
	var w io.WriteCloser = gzip.NewWriter(&b)
	if name == "zstd" {
		z, err := zstd.NewWriter(&b)
		if err != nil {
			t.Fatal(err)
		}
		w = z
	}
	if _, err := io.WriteString(w, s); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// reader undoes a coding as content arrives.
func reader(t *testing.T, name string, r io.Reader) io.Reader {
	t.Helper()
	if name == "zstd" {
		z, err := zstd.NewReader(r, zstd.WithDecoderConcurrency(1))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(z.Close)
		return z
	}
	z, err := gzip.NewReader(bufio.NewReader(r))
	if err != nil {
		t.Fatal(err)
	}
	return z
}

// readHead reads an answer up to its body.
func readHead(c *conn) (*http.Response, error) {
	return http.ReadResponse(c.r, &http.Request{Method: "GET"})
}

// randomText is text that does not compress.
func randomText(n int) []byte {
	r := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // reproducible
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(' ' + r.IntN(95))
	}
	return b
}

func TestRequestBodyCodings(t *testing.T) {
	text := strings.Repeat("hello world ", 20_000)
	bomb := strings.Repeat("\x00", 33<<20)
	if testing.Short() {
		bomb = bomb[:7<<20]
	}
	small := func(c *Config) { c.Decompress, c.Limits.Body = true, 6<<20 }
	for _, c := range []struct {
		name, coding, body string
		set                func(*Config)
		status             int
		want               string // what the function sees, or the error
		seen               string // Content-Encoding that it sees
	}{
		{"passed through", "gzip", compressed(t, "gzip", text), func(*Config) {}, 200, compressed(t, "gzip", text), "gzip"},
		{"gzip", "gzip", compressed(t, "gzip", text), small, 200, text, ""},
		{"capitals", "GZIP", compressed(t, "gzip", text), small, 200, text, ""},
		{"zstd", "zstd", compressed(t, "zstd", text), small, 200, text, ""},
		{"empty", "gzip", compressed(t, "gzip", ""), small, 200, "", ""},
		{"two in a row", "gzip", compressed(t, "gzip", "one") + compressed(t, "gzip", "two"), small, 200, "onetwo", ""},
		{"none", "", text, small, 200, text, ""},
		{"unknown", "br", "whatever", small, 200, "whatever", "br"},
		{"two codings", "gzip, zstd", "whatever", small, 200, "whatever", "gzip, zstd"},
		{"not gzip", "gzip", "whatever", small, 400, "the request body is not what its Content-Encoding gzip says: ", ""},
		{"not zstd", "zstd", "whatever", small, 400, "the request body is not what its Content-Encoding zstd says: ", ""},
		{"cut off", "gzip", compressed(t, "gzip", text)[:300], small, 400, "unexpected EOF", ""},
		{"bomb", "gzip", compressed(t, "gzip", bomb), small, 400, "the request body has more when it is decompressed, the limit is 6291456", ""},
		{"bomb of zstd", "zstd", compressed(t, "zstd", bomb), small, 400, "more when it is decompressed, the limit is 6291456", ""},
		{"over the memory for bodies", "gzip", compressed(t, "gzip", text), func(c *Config) {
			c.Decompress, c.BodyMemory = true, 100<<10
		}, 503, "request bodies take ", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			var body, seen string
			f := echo()
			f.http = func(_ context.Context, req *runner.HTTPRequest, w runner.HTTPWriter) error {
				body = string(req.Payload)
				for _, h := range req.Headers {
					if h.Key == "Content-Encoding" {
						seen = h.Value
					}
					if h.Key == "Content-Length" && h.Value != itoa(len(body)) { // or none
						t.Errorf("Content-Length %s of %d bytes", h.Value, len(body))
					}
				}
				return answerWith(w, 200, "ok")
			}
			addr, s := serve(t, one(f), c.set)
			headers := []string{}
			if c.coding != "" {
				headers = append(headers, "Content-Encoding", c.coding)
			}
			r := request(t, addr, "POST", "/", c.body, headers...)
			if r.StatusCode != c.status {
				t.Fatalf("status %d: %s", r.StatusCode, r.body)
			}
			if c.status != 200 {
				if !strings.Contains(r.body, c.want) {
					t.Errorf("body %s, want %s", r.body, c.want)
				}
			} else if body != c.want || seen != c.seen {
				t.Errorf("the function sees %d bytes of coding %q, want %d of %q", len(body), seen, len(c.want), c.seen)
			}
			if n := s.bodies.used.Load(); n != 0 {
				t.Errorf("%d bytes of bodies are still accounted for", n)
			}
		})
	}
	// An event is passed on as it was sent.
	addr, _ := serve(t, one(echo()), small)
	if r := request(t, addr, "POST", invoke3, compressed(t, "gzip", text), "Content-Encoding", "gzip"); r.body != compressed(t, "gzip", text) {
		t.Errorf("event of %d bytes, want %d", len(r.body), len(compressed(t, "gzip", text)))
	}
}
