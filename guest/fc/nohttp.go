//go:build wafer_nohttp

package fc

import (
	"context"
	"errors"
)

// NewHttpHandler and what hangs on it link net/http, which is 2 MB of code. The
// build command leaves it out of programs that do not import net/http. Such a
// program can still ask for HTTP by number, but has no handler of that shape.

type noHTTPHandler struct{ err error }

func (h noHTTPHandler) Invoke(context.Context, []byte) ([]byte, error) { return nil, h.err }

func newHTTPFunction(parent context.Context, _ interface{}) *Function {
	return newEventFunction(parent, noHTTPHandler{errors.New("built without net/http")})
}
