package site

import (
	"github.com/wafer-run/wafer/runner"
	"github.com/wafer-run/wafer/runner/internal/manifest"
)

// Served is a function that is served, for whoever shows what there is.
type Served struct {
	Function    *manifest.Function
	Kind        string // wasm, go source, native or zip
	HandlesHTTP bool   // it writes its HTTP answers itself
	// NoEvents says that events cannot be what the function is called with: it
	// is one of fc.StartHttp, which knows HTTP requests alone.
	NoEvents bool
}

// noEvents reports whether a function fails with any event.
func noEvents(f loaded) bool {
	switch f := f.(type) {
	case holding:
		return noEvents(f.loaded)
	case *runner.Function:
		return f.HandlesHTTP() && !f.Inspect().Server
	}
	return false
}

// Kind says what a function's code is, as [Served] has it, or "" for what cannot
// be served.
func Kind(f *manifest.Function) string {
	c, text := find(f)
	if text != "" {
		return ""
	}
	return c.kind.String()
}
