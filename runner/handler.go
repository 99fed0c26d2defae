package runner

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"

	"github.com/wafer-run/wafer/runner/internal/verdict"
)

// Handler returns the function as an [http.Handler], for programs that have a
// server of their own. Requests reach the function as its HTTP trigger's;
// failures answer as FC does: 502 with the error as JSON for the function's
// own, 429 when it is busy, 413 for a body over the limit.
func (f *Function) Handler() http.Handler { return handler{f} }

type handler struct{ f *Function }

// ServeHTTP implements [http.Handler].
func (h handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, int64(h.f.cfg.maxEvent)))
	if err != nil {
		status := http.StatusBadRequest
		if tooLarge := (*http.MaxBytesError)(nil); errors.As(err, &tooLarge) {
			status = http.StatusRequestEntityTooLarge
		}
		http.Error(w, "reading request body: "+err.Error(), status)
		return
	}
	req := &HTTPRequest{
		Event:  Event{Payload: body, RequestID: NewRequestID()},
		Method: r.Method, URI: r.URL.RequestURI(), Path: r.URL.Path, Host: r.Host,
		ClientIP: clientIP(r.RemoteAddr), Protocol: r.Proto,
	}
	for k, vs := range r.Header {
		if strings.HasPrefix(k, "X-Fc-") {
			continue // only the platform may say these
		}
		for _, v := range vs {
			req.Headers = append(req.Headers, Header{Key: k, Value: v})
		}
	}
	w.Header().Set("X-Fc-Request-Id", req.RequestID)
	out := &netWriter{w: w}
	_, err = h.f.InvokeHTTP(r.Context(), req, out)
	if err == nil {
		err = out.refused
	}
	if err != nil {
		out.fail(err)
	}
}

func clientIP(addr string) string {
	if host, _, err := net.SplitHostPort(addr); err == nil {
		return host
	}
	return addr
}

// netWriter is an [HTTPWriter] over net/http.
type netWriter struct {
	w        http.ResponseWriter
	streamed bool
	headSent bool
	refused  error // why the head was not sent
}

func (n *netWriter) WriteHead(status int, headers []Header, size int64) error {
	if status < 200 || status > 999 { // net/http would panic, or take it for an interim answer
		message := fmt.Sprintf("the status is %d, want 200 to 999", status)
		n.refused = &InvokeError{Kind: BadResponse, Type: verdict.BadResponse, Message: message}
		return n.refused
	}
	for _, h := range headers {
		if !strings.HasPrefix(http.CanonicalHeaderKey(h.Key), "X-Fc-") {
			n.w.Header().Add(h.Key, h.Value)
		}
	}
	if size >= 0 {
		n.w.Header().Set("Content-Length", strconv.FormatInt(size, 10))
	}
	n.streamed, n.headSent = size < 0, true
	n.w.WriteHeader(status)
	return nil
}

func (n *netWriter) Write(b []byte) (int, error) {
	k, err := n.w.Write(b)
	if err == nil && n.streamed {
		err = http.NewResponseController(n.w).Flush()
	}
	return k, err
}

// fail answers with an error, or breaks the connection off when a part of the
// answer is out already.
func (n *netWriter) fail(err error) {
	if n.headSent {
		panic(http.ErrAbortHandler)
	}
	var failure *InvokeError
	var limit *LimitError
	switch {
	case errors.As(err, &failure):
		n.w.Header().Set("X-Fc-Error-Type", "UnhandledInvocationError")
		n.w.Header().Set("Content-Type", "application/json")
		n.w.WriteHeader(http.StatusBadGateway)
		_, _ = n.w.Write(failure.JSON())
	case errors.As(err, &limit):
		http.Error(n.w, err.Error(), http.StatusRequestEntityTooLarge)
	case errors.Is(err, ErrThrottled):
		n.w.Header().Set("Retry-After", "1")
		http.Error(n.w, err.Error(), http.StatusTooManyRequests)
	default:
		http.Error(n.w, err.Error(), http.StatusServiceUnavailable)
	}
}
