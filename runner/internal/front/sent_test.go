package front

import (
	"bufio"
	"bytes"
	"iter"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/valyala/fasthttp"
)

// FuzzSent compares the headers of requests that are let through with what
// fasthttp makes of them.
func FuzzSent(f *testing.F) {
	for _, head := range []string{
		"",
		"host: a\r\nACCEPT:*/*\r\nx-fc-request-id:  b \t\r\n",
		"Host: a\r\nCookie: b=c\r\nCookie: d=e\r\nX-Empty:\r\nx--y-: \t \r\n",
		"Host: a:80\r\nx_y.z: colon: in it\r\n1a-2b: \x80\xff\r\n",
		"Host: a\r\nx y: z\r\n",
		"Host: a\r\nx: y\r\n z\r\n",
		"Host: a\r\nx\r\n",
		"Host: a\n\r\n",
		": a\r\n",
		"Host: a\r\n\tx: y\r\n",
	} {
		f.Add(head)
	}
	f.Fuzz(func(t *testing.T, head string) {
		var h fasthttp.RequestHeader
		if h.Read(bufio.NewReaderSize(strings.NewReader("GET / HTTP/1.1\r\n"+head+"\r\n"), len(head)+64)) != nil {
			return
		}
		if why := new(framing).read(h.RawHeaders()); why != "" {
			return
		}
		got := list(sent(bytes.Clone(h.RawHeaders())))
		if diff := cmp.Diff(list(h.AllInOrder()), got); diff != "" {
			t.Errorf("%q (-fasthttp +sent):\n%s", head, diff)
		}
	})
}

func list(headers iter.Seq2[[]byte, []byte]) (l []string) {
	for name, value := range headers {
		l = append(l, string(name)+": "+string(value))
	}
	return l
}
