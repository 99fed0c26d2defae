//go:build !wafer_nohttp

package fc

import (
	"context"
	"net/http"

	"github.com/wafer-run/wafer/abi"
)

// warm makes a request and an answer that nobody sees.
func (s httpServer) warm() {
	q := abi.HTTPRequest{
		Method:     http.MethodPost,
		RequestURI: "/warm?k=v",
		Path:       "/warm",
		ClientIP:   "127.0.0.1",
		Host:       "localhost",
		Headers:    []abi.Pair{{Key: "Content-Type", Value: "text/plain"}},
	}
	if _, err := paramsOf(&q).request(context.Background(), []byte("warm")); err != nil {
		return
	}
	w := newResponseWriter(discard{})
	w.header.Set("Content-Type", "text/plain")
	_, _ = w.Write([]byte("warm"))
	w.finish()
}

// discard is an answerSink that drops everything.
type discard struct{}

func (discard) Write(abi.Part, []byte) abi.Errno { return abi.ErrnoOK }
