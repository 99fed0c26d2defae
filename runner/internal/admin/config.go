package admin

import (
	"context"
	"log/slog"
	"net/http"
)

// Config configures a [Server]. The zero value serves /healthz and /readyz.
type Config struct {
	// Check is asked by /readyz once the server is ready: an error, whose text
	// the caller gets, makes the answer 503. It should return soon after its
	// context is done. nil, the default, means that nothing can be wrong.
	Check func(context.Context) error
	// Pprof serves profiles of the process. They show code and data of
	// functions: the address must be closed to strangers.
	Pprof bool
	// Logger takes what goes wrong with requests, such as panics. nil, the default,
	// leaves that to package log.
	Logger *slog.Logger
	// Handlers are served beside, under the patterns of [http.ServeMux].
	Handlers map[string]http.Handler
}
