// Command handlers is every function of the conformance suite that is written
// for the FC Go SDK. The environment variable CONFORMANCE says which one: event,
// trigger or web.
package main

import (
	"context"
	"net/http"
	"os"

	"github.com/aliyun/fc-runtime-go-sdk/fc"
	"github.com/aliyun/fc-runtime-go-sdk/fccontext"
)

func main() {
	switch kind := os.Getenv("CONFORMANCE"); kind {
	case "event":
		fc.StartHandler(handler(answerEvent))
	case "trigger":
		fc.StartHandler(handler(answerTrigger))
	case "web":
		fc.StartHttp(func(_ context.Context, w http.ResponseWriter, r *http.Request) error { return answerWeb(w, r) })
	default:
		panic("CONFORMANCE is " + kind + ", want event, trigger or web")
	}
}

// handler takes payloads as they are.
type handler func(payload []byte, c knowledge) ([]byte, error)

// Invoke implements fc.Handler.
func (h handler) Invoke(ctx context.Context, payload []byte) ([]byte, error) {
	k := knowledge{}
	if c, ok := fccontext.FromContext(ctx); ok {
		k = knowledge{
			RequestID: c.RequestID, Function: c.Function.Name, Service: c.Service.Name, Qualifier: c.Service.Qualifier,
			Version: c.Service.VersionId, Span: c.Tracing.OpenTracingSpanContext, Baggage: c.Tracing.OpenTracingSpanBaggages,
		}
	}
	return h(payload, k)
}
