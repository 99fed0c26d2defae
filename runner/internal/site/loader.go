package site

import (
	"context"

	"github.com/wafer-run/wafer/runner"
	"github.com/wafer-run/wafer/runner/internal/front"
	"github.com/wafer-run/wafer/runner/internal/manifest"
)

// loaded is a function that can be called, until it is closed.
type loaded interface {
	front.Function
	// Close turns new invocations away and waits for those that run.
	Close(ctx context.Context) error
}

// loader makes functions of one kind of code.
type loader interface {
	// open reads or builds the code, so that it is known whether it changed.
	open(ctx context.Context, f *manifest.Function, c code) (*opened, error)
}

// opened is code that is ready to be loaded, once.
type opened struct {
	digest string // differs for different code
	doubt  string // why it will not start, see code
	load   func(ctx context.Context, cfg runner.FunctionConfig) (loaded, error)
	drop   func() error // for code that is not loaded after all; may be nil
}

// close drops the code. What it took cannot matter any more.
func (o *opened) close() {
	if o.drop != nil {
		_ = o.drop()
	}
}

// eventsOnly reports whether a function knows that it takes no HTTP requests.
func eventsOnly(f front.Function) bool {
	e, ok := f.(interface{ EventsOnly() bool })
	return ok && e.EventsOnly()
}
