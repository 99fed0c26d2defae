package fccontext

// Tracing is where a handler joins the caller's trace. The map is never nil in
// a handler.
type Tracing struct {
	OpenTracingSpanContext  string
	OpenTracingSpanBaggages map[string]string
	JaegerEndpoint          string
}
