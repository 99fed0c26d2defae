package site

import (
	"fmt"

	"github.com/wafer-run/wafer/runner"
	"github.com/wafer-run/wafer/runner/internal/front"
	"github.com/wafer-run/wafer/runner/internal/manifest"
)

// limitsOf makes the front's limits of a function, nil where it has none of its
// own.
func limitsOf(f *manifest.Function) *front.Limits {
	l := f.Extension.Limits
	if l == nil {
		return nil
	}
	return &front.Limits{
		Path: l.Path, RequestHeader: l.RequestHeader, Body: l.Body, ResponseHeader: l.ResponseHeader,
	}
}

// unread says that requests within a function's limits would be longer than what
// a server with those limits reads at all, "" if they are not.
func unread(f *manifest.Function, server front.Limits) string {
	if f.Extension.Limits == nil {
		return ""
	}
	server = front.FC3.Limits().With(&server)
	own := server.With(limitsOf(f))
	if has, most := own.Path+own.RequestHeader, server.Path+server.RequestHeader; has > most {
		return fmt.Sprintf("comes to %d bytes of path and requestHeader, and the server reads %d: wafer serve needs --limit path=%d --limit requestHeader=%d",
			has, most, own.Path, own.RequestHeader)
	}
	return ""
}

// room lets a function take the largest body that the front may let through.
func room(cfg runner.FunctionConfig, server front.Limits, own *front.Limits) runner.FunctionConfig {
	return cfg.WithMaxEvent(max(cfg.MaxEvent(), server.With(own).Body))
}
