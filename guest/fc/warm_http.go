//go:build !wafer_nohttp

package fc

import (
	"context"
	"io"
	"net/http"

	"github.com/wafer-run/wafer/abi"
)

func (s httpServer) idle() (server, []byte) {
	q := &abi.HTTPRequest{
		Method:     http.MethodPost,
		RequestURI: "/warm?k=v",
		Path:       "/warm",
		ClientIP:   "127.0.0.1",
		Host:       "localhost",
		Headers:    []abi.Pair{{Key: "Content-Type", Value: "text/plain"}},
	}
	return httpExchange{httpServer: httpServer{idleHTTPHandler{}}, request: q, sink: discard{}}, []byte("warm")
}

// idleHTTPHandler reads the request and answers.
type idleHTTPHandler struct{}

func (idleHTTPHandler) Invoke(_ context.Context, w http.ResponseWriter, req *http.Request) error {
	if _, err := io.ReadAll(req.Body); err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/plain")
	_, err := w.Write([]byte("warm"))
	return err
}

// discard is an answerSink that drops everything.
type discard struct{}

func (discard) Write(abi.Part, []byte) abi.Errno { return abi.ErrnoOK }
