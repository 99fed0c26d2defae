package site

import "github.com/wafer-run/wafer/runner/internal/manifest"

// Served is a function that is served, for whoever shows what there is.
type Served struct {
	Function    *manifest.Function
	Kind        string // wasm, go source, native or zip
	HandlesHTTP bool   // it writes its HTTP answers itself
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
