package front

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/wafer-run/wafer/runner"
)

// What callers say of a trace reaches the function by every way of calling it,
// and not as headers of the request.
func TestTracing(t *testing.T) {
	const span = "X-Fc-Tracing-Opentracing-Span-Context"
	for name, c := range map[string]struct {
		headers []string
		want    runner.Tracing
	}{
		"none":     {[]string{"X-Fc-Trace-Id", "1"}, runner.Tracing{}},
		"context":  {[]string{span, "a:b:0:1"}, runner.Tracing{SpanContext: "a:b:0:1"}},
		"baggage":  {[]string{span + "-Baggage-User", "ü 1"}, runner.Tracing{SpanBaggages: map[string]string{"user": "ü 1"}}},
		"any case": {[]string{"x-fc-tracing-opentracing-span-context", "s", "x-FC-tracing-opentracing-span-context-baggage-a-B", "1"}, runner.Tracing{SpanContext: "s", SpanBaggages: map[string]string{"a-b": "1"}}},
		"several":  {[]string{span + "-Baggage-A", "1", span + "-Baggage-B", "", span + "-Baggage-A", "2"}, runner.Tracing{SpanBaggages: map[string]string{"a": "2", "b": ""}}},
		"no key":   {[]string{span + "-Baggage-", "1", span + "-Baggage", "2", span + "s", "3"}, runner.Tracing{}},
	} {
		t.Run(name, func(t *testing.T) {
			var got runner.Event
			var request []runner.Header
			f := &fake{
				invoke: func(_ context.Context, ev runner.Event) (*runner.Result, error) {
					got = ev
					return &runner.Result{Usage: usage}, nil
				},
				http: func(_ context.Context, req *runner.HTTPRequest, w runner.HTTPWriter) error {
					got, request = req.Event, append(request, req.Headers...)
					return answerWith(w, 200, "")
				},
			}
			addr, _ := serve(t, one(f))
			for _, uri := range []string{invoke3, invoke2, "/", "/2016-08-15/proxy/svc/f/"} {
				conn := dial(t, addr)
				conn.send("POST " + uri + " HTTP/1.1\r\nHost: f\r\n" + lines(c.headers) + "Content-Length: 0\r\n\r\n")
				if r := conn.receive("POST"); r.StatusCode != 200 {
					t.Fatalf("%s: status %d, body %s", uri, r.StatusCode, r.body)
				}
				if diff := cmp.Diff(c.want, got.Tracing); diff != "" {
					t.Errorf("%s (-want +got):\n%s", uri, diff)
				}
			}
			for _, h := range request {
				if h.Key != "Host" && h.Key != "Content-Length" && h.Key != hBasePath {
					t.Errorf("the request has the header %s", h.Key)
				}
			}
		})
	}
}
