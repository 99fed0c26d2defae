package serve

import (
	"bufio"
	"bytes"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/wafer-run/wafer/abi"
)

// FuzzHead writes any request, and reads it with net/http as a guest would: it
// is refused, or one request arrives, with the parts it was made of.
func FuzzHead(f *testing.F) {
	f.Add("GET", "/", "example.com", "Accept", "*/*", []byte(nil))
	f.Add("POST", "/a?b=c%20d", "h:1", "X-A", "1\r\nX-B: 2", []byte("body"))
	f.Add("PUT /x HTTP/1.1\r\nA: b\r\n\r\n", "/ HTTP/1.1\r\n\r\n", "a b", "Content-Length", "7", []byte("GET / HTTP/1.1\r\n\r\n"))
	f.Add("", "", "", "Transfer-Encoding", "chunked", []byte("0\r\n\r\n"))
	f.Add("HEAD", "*", "é", "a:b", "\x00", []byte{0})
	f.Fuzz(func(t *testing.T, method, uri, host, key, value string, body []byte) {
		r := &Request{Method: method, URI: uri, Host: host, Headers: []abi.Pair{{Key: key, Value: value}}, Body: body}
		head, err := r.appendHead(nil)
		if err != nil {
			return
		}
		in := bufio.NewReader(io.MultiReader(bytes.NewReader(head), bytes.NewReader(body), strings.NewReader("NEXT")))
		got, err := http.ReadRequest(in)
		if err != nil {
			return // the guest's server answers 400, and nothing is taken for another request
		}
		if method != "" && got.Method != method || uri != "" && got.RequestURI != uri {
			t.Fatalf("%s %s became %s %s", method, uri, got.Method, got.RequestURI)
		}
		if want := map[bool]int{true: 0, false: 1}[perHop(key)]; len(got.Header) > want+1 {
			t.Fatalf("headers %v", got.Header)
		}
		if sent, err := io.ReadAll(got.Body); err != nil || !bytes.Equal(sent, body) {
			t.Fatalf("body %q became %q, %v", body, sent, err)
		}
		if rest, _ := io.ReadAll(in); string(rest) != "NEXT" {
			t.Fatalf("left over: %q", rest)
		}
	})
}
