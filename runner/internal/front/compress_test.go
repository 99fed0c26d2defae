package front

import (
	"bytes"
	"context"
	"io"
	"strings"
	"testing"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"github.com/wafer-run/wafer/runner"
)

func TestNegotiate(t *testing.T) {
	for accept, want := range map[string]coding{
		"":                               identity,
		"gzip":                           gzipped,
		"GZip":                           gzipped,
		"x-gzip":                         gzipped,
		"zstd":                           zstandard,
		"br":                             identity,
		"gzip, deflate, br, zstd":        zstandard,
		"zstd, gzip":                     zstandard,
		"gzip;q=1.0, zstd;q=0.5":         gzipped,
		"gzip;q=0.5,zstd;q=0.5":          zstandard,
		"gzip ; q=0.123 , zstd;q=0.1":    gzipped,
		"gzip;q=0":                       identity,
		"gzip;q=0.000":                   identity,
		"gzip;q=0, *":                    zstandard,
		"*":                              zstandard,
		"*;q=0":                          identity,
		"zstd;q=0, *;q=0.1":              gzipped,
		"identity":                       identity,
		"identity, gzip;q=0.5":           identity,
		"identity;q=0.5, gzip":           gzipped,
		"identity;q=0, gzip":             gzipped,
		"gzip;q=2":                       identity,
		"gzip;q=-1":                      identity,
		"gzip;q=1.001":                   identity,
		"gzip;q=":                        identity,
		"gzip;q=0.1234":                  identity,
		"gzip;x=1;q=0.5, zstd;Q=0.4;x=1": gzipped,
		",,;q=1,gzip":                    gzipped,
		"gzip\nzstd":                     zstandard, // two lines
	} {
		var lines [][]byte
		for line := range strings.SplitSeq(accept, "\n") {
			lines = append(lines, []byte(line))
		}
		if got := negotiate(lines); got != want {
			t.Errorf("%q: %s, want %s", accept, codingNames[got], codingNames[want])
		}
	}
}

func FuzzNegotiate(f *testing.F) {
	f.Add("gzip;q=0.5, *;q=0")
	f.Add(";;==,,")
	f.Fuzz(func(t *testing.T, accept string) {
		if c := negotiate([][]byte{[]byte(accept)}); c != identity && !strings.Contains(accept, "*") &&
			!strings.Contains(strings.ToLower(accept), codingNames[c]) {
			t.Errorf("%q: %s", accept, codingNames[c])
		}
	})
}

// expand undoes a coding, also of content whose end has not come.
func expand(t *testing.T, name string, b []byte) string {
	t.Helper()
	var r io.Reader = bytes.NewReader(b)
	switch name {
	case "gzip":
		z, err := gzip.NewReader(r)
		if err != nil {
			t.Fatal(err)
		}
		r = z
	case "zstd":
		z, err := zstd.NewReader(r)
		if err != nil {
			t.Fatal(err)
		}
		defer z.Close()
		r = z
	}
	plain, err := io.ReadAll(r)
	if err != nil {
		t.Fatalf("%s content: %v", name, err)
	}
	return string(plain)
}

func TestCompression(t *testing.T) {
	text := strings.Repeat(`{"name":"value"},`, 1000)
	large := strings.Repeat(text, 20)
	noise := string(randomText(4000))
	json := []string{"Content-Type", "application/json; charset=utf-8"}
	for _, c := range []struct {
		name     string
		body     string
		headers  []string // of the function
		request  string   // request line
		accept   string
		status   int
		encoding string // that comes back
		vary     bool
	}{
		{"gzip", text, json, "GET / HTTP/1.1", "gzip", 200, "gzip", true},
		{"zstd", text, json, "GET / HTTP/1.1", "zstd, gzip", 200, "zstd", true},
		{"not accepted", text, json, "GET / HTTP/1.1", "br", 200, "", true},
		{"not asked for", text, json, "GET / HTTP/1.1", "", 200, "", true},
		{"refused", text, json, "GET / HTTP/1.1", "gzip;q=0", 200, "", true},
		{"large and known", large, json, "GET / HTTP/1.1", "gzip", 200, "gzip", true},
		{"large and known, zstd", large, json, "GET / HTTP/1.1", "zstd", 200, "zstd", true},
		{"too small", text[:1000], json, "GET / HTTP/1.1", "gzip", 200, "", false},
		{"just large enough", text[:1024], json, "GET / HTTP/1.1", "gzip", 200, "gzip", true},
		{"a picture", text, []string{"Content-Type", "image/png"}, "GET / HTTP/1.1", "gzip", 200, "", false},
		{"no type", text, nil, "GET / HTTP/1.1", "gzip", 200, "", false},
		{"done already", text, append(json, "Content-Encoding", "br"), "GET / HTTP/1.1", "gzip", 200, "br", false},
		{"not to be changed", text, append(json, "Cache-Control", "public, no-transform"), "GET / HTTP/1.1", "gzip", 200, "", false},
		{"a part", text, append(json, "Content-Range", "bytes 0-16999/20000"), "GET / HTTP/1.1", "gzip", 206, "", false},
		{"not smaller", noise, json, "GET / HTTP/1.1", "gzip", 200, "", true},
		{"an error of the function's", text, json, "GET / HTTP/1.1", "gzip", 500, "gzip", true},
		{"varies already", text, append(json, "Vary", "Origin, accept-encoding"), "GET / HTTP/1.1", "gzip", 200, "gzip", true},
		{"HTTP/1.0", text, json, "GET / HTTP/1.0", "gzip", 200, "", true},
		{"HEAD", text, json, "HEAD / HTTP/1.1", "gzip", 200, "gzip", true},
		{"HEAD of what stays", text, json, "HEAD / HTTP/1.1", "br", 200, "", true},
		{"the API", text, json, "POST " + invoke3 + " HTTP/1.1", "gzip", 200, "", false},
		{"the proxy path", text, json, "GET /2016-08-15/proxy/svc/f/ HTTP/1.1", "gzip", 200, "gzip", true},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := echo()
			f.http = func(_ context.Context, _ *runner.HTTPRequest, w runner.HTTPWriter) error {
				return answerWith(w, c.status, c.body, append(c.headers, "Etag", `"tag"`)...)
			}
			f.invoke = func(context.Context, runner.Event) (*runner.Result, error) {
				return &runner.Result{Payload: []byte(c.body), Usage: usage}, nil
			}
			addr, s := serve(t, one(f))
			method, _, _ := strings.Cut(c.request, " ")
			conn := dial(t, addr)
			for range 2 { // buffers are used again
				conn.send(c.request + "\r\nHost: x\r\nConnection: keep-alive\r\nAccept-Encoding: " + c.accept + "\r\nContent-Length: 0\r\n\r\n")
				r := conn.receive(method)
				if r.StatusCode != c.status || r.err != nil || r.Header.Get("Content-Encoding") != c.encoding {
					t.Fatalf("status %d, error %v, headers %v", r.StatusCode, r.err, r.Header)
				}
				if got := hasToken([]byte(r.Header.Get("Vary")), "Accept-Encoding") || strings.Contains(r.Header.Get("Vary"), "accept-encoding"); got != c.vary || len(r.Header.Values("Vary")) > 1 {
					t.Errorf("Vary is %q", r.Header.Values("Vary"))
				}
				ours := c.encoding == "gzip" || c.encoding == "zstd"
				if weak := strings.HasPrefix(r.Header.Get("Etag"), "W/"); weak != ours {
					t.Errorf("Etag is %s", r.Header.Get("Etag"))
				}
				if method == "HEAD" {
					if has := r.ContentLength >= 0; has == ours {
						t.Errorf("length %d", r.ContentLength)
					}
					continue
				}
				want, body := c.body, r.body
				if ours {
					if len(body) >= len(want)/4 {
						t.Errorf("%d bytes became %d", len(want), len(body))
					}
					body = expand(t, c.encoding, []byte(body))
				}
				if body != want {
					t.Errorf("%d bytes, want %d", len(body), len(want))
				}
			}
			if n := s.encoders.streams.Load(); n != 0 {
				t.Errorf("%d encoders are held", n)
			}
		})
	}
}

// Off means off, also for streams.
func TestCompressionOff(t *testing.T) {
	f := &fake{http: func(_ context.Context, _ *runner.HTTPRequest, w runner.HTTPWriter) error {
		return answerWith(w, 200, strings.Repeat("x", 1<<20), "Content-Type", "text/plain")
	}}
	addr, _ := serve(t, one(f), func(c *Config) { c.CompressFrom = -1 })
	if r := request(t, addr, "GET", "/", "", "Accept-Encoding", "gzip"); r.ContentLength != 1<<20 || r.Header.Get("Vary") != "" {
		t.Errorf("length %d, headers %v", r.ContentLength, r.Header)
	}
}

// TestCompressedStream sees every piece arrive, decompressed, before the next is
// written.
func TestCompressedStream(t *testing.T) {
	for _, name := range []string{"gzip", "zstd"} {
		next := make(chan string)
		addr, s := serve(t, one(pieces(next)))
		c := dial(t, addr)
		for range 2 {
			c.send("GET / HTTP/1.1\r\nHost: x\r\nAccept-Encoding: " + name + "\r\n\r\n")
			r, err := readHead(c) //nolint:bodyclose // its end is read below, and the connection goes on
			if err != nil || r.Header.Get("Content-Encoding") != name || len(r.TransferEncoding) == 0 {
				t.Fatalf("%v, headers %v", err, r.Header)
			}
			var plain io.Reader
			for i, p := range []string{"data: one\n\n", "data: two\n\n", strings.Repeat("data: x\n", 50_000)} {
				next <- p
				if i == 0 {
					plain = reader(t, name, r.Body)
				}
				got := make([]byte, len(p))
				if _, err := io.ReadFull(plain, got); err != nil || string(got) != p {
					t.Fatalf("%s: piece %d: %q, %v", name, i, got[:min(len(got), 40)], err)
				}
			}
			next <- end
			if rest, err := io.ReadAll(plain); len(rest) > 0 || err != nil {
				t.Errorf("%s: after the end %q, %v", name, rest, err)
			}
			if _, err := io.Copy(io.Discard, r.Body); err != nil {
				t.Error(err)
			}
		}
		if n := s.encoders.streams.Load(); n != 0 {
			t.Errorf("%d encoders are held", n)
		}
	}
}

// When all encoders are in use, streams leave as they are.
func TestEncodersAreBounded(t *testing.T) {
	next := make(chan string)
	addr, s := serve(t, one(pieces(next)))
	s.encoders.streams.Store(maxEncoders)
	c := dial(t, addr)
	c.send("GET / HTTP/1.1\r\nHost: x\r\nAccept-Encoding: gzip\r\n\r\n")
	next <- "plain"
	next <- end
	if r := c.receive("GET"); r.body != "plain" || r.Header.Get("Content-Encoding") != "" || r.Header.Get("Vary") != "Accept-Encoding" {
		t.Errorf("body %q, headers %v", r.body, r.Header)
	}
	if n := s.encoders.streams.Load(); n != maxEncoders {
		t.Errorf("%d encoders are held, want %d", n, maxEncoders)
	}
}
