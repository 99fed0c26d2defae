//go:build !wafer_nohttp

package fc

import (
	"context"
	"encoding/base64"
	"encoding/json"

	"github.com/wafer-run/wafer/abi"
	"github.com/wafer-run/wafer/guest/fc/messages"
	"github.com/wafer-run/wafer/guest/internal/link"
)

// httpServer runs an [HttpHandler].
type httpServer struct{ handler HttpHandler }

func newHTTPFunction(parent context.Context, handler interface{}) *Function {
	return &Function{parent: parent, server: httpServer{NewHttpHandler(handler)}}
}

// serve runs the handler on one request.
func (s httpServer) serve(ctx context.Context, p *HTTPParams, body []byte, w *responseWriter) error {
	req, err := p.request(ctx, body)
	if err != nil {
		return err
	}
	return s.handler.Invoke(ctx, w, req)
}

// httpAnswer is the JSON form of a response's head.
type httpAnswer struct {
	HeadersMap map[string][]string `json:"headersMap"`
	Status     int                 `json:"status"`
}

// invoke serves a request that came as a message: HTTP fields in, and out, as
// base64 of JSON.
func (s httpServer) invoke(ctx context.Context, req *messages.InvokeRequest, resp *messages.InvokeResponse) error {
	p, err := decodeHTTPParams(req.HttpParams)
	if err != nil {
		return err
	}
	w := newResponseWriter(nil)
	if err := s.serve(ctx, p, req.Payload, w); err != nil {
		return err
	}
	head, err := json.Marshal(httpAnswer{HeadersMap: w.header, Status: w.status})
	if err != nil {
		return err
	}
	resp.Payload = w.body
	resp.HttpParam = base64.StdEncoding.EncodeToString(head)
	return nil
}

// keepsPayload implements server: the request's body is the payload.
func (httpServer) keepsPayload() bool { return true }

// bind returns the server for one call of the ABI.
func (s httpServer) bind(c *link.Call) server {
	return httpExchange{httpServer: s, request: &c.Request.HTTP, sink: c}
}

// httpExchange is an [httpServer] for one request of the ABI. Its answer goes
// straight to the host.
type httpExchange struct {
	httpServer
	request *abi.HTTPRequest
	sink    answerSink
}

func (x httpExchange) invoke(ctx context.Context, req *messages.InvokeRequest, _ *messages.InvokeResponse) error {
	w := newResponseWriter(x.sink)
	if err := x.serve(ctx, paramsOf(x.request), req.Payload, w); err != nil {
		return err
	}
	return w.finish()
}

// paramsOf converts the HTTP fields of a frame. The values of all headers share
// one array, as most names have one value.
func paramsOf(q *abi.HTTPRequest) *HTTPParams {
	p := &HTTPParams{
		Path:       q.Path,
		Method:     q.Method,
		RequestURI: q.RequestURI,
		ClientIP:   q.ClientIP,
		Host:       q.Host,
		HeadersMap: make(map[string][]string, len(q.Headers)),
	}
	values := make([]string, len(q.Headers))
	for i, h := range q.Headers {
		if list, ok := p.HeadersMap[h.Key]; ok {
			p.HeadersMap[h.Key] = append(list, h.Value)
			continue
		}
		values[i] = h.Value
		p.HeadersMap[h.Key] = values[i : i+1 : i+1]
	}
	return p
}
