package fccontext

import "context"

// FcContext describes one invocation. The value a handler gets is its own: no
// two invocations share one, and nothing writes to it behind the handler's
// back.
type FcContext struct {
	RequestID   string
	Credentials Credentials
	Function    Function
	Service     Service
	Region      string
	AccountId   string
	RetryCount  int
	Tracing     Tracing
}

// GetLogger returns a logger that stamps its lines with the RequestID.
func (c *FcContext) GetLogger() *FcLogger { return NewFcLogger(c.RequestID) }

type contextKey struct{}

// NewContext returns a child of parent that carries fc.
func NewContext(parent context.Context, fc *FcContext) context.Context {
	return context.WithValue(parent, contextKey{}, fc)
}

// FromContext returns the FcContext that ctx carries, or nil and false. It
// returns the same pointer each time.
//
// # Concurrency
//
// Safe for concurrent use.
func FromContext(ctx context.Context) (*FcContext, bool) {
	fc, ok := ctx.Value(contextKey{}).(*FcContext)
	return fc, ok
}
