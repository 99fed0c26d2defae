package verdict_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/wafer-run/wafer/runner/internal/verdict"
)

func TestMessages(t *testing.T) {
	used := verdict.Usage{Took: 1234567 * time.Microsecond, MaxMemory: 3 << 19}
	canceled := func(cause error) context.Context {
		ctx, cancel := context.WithCancelCause(t.Context())
		cancel(cause)
		return ctx
	}
	for name, c := range map[string]struct{ got, want string }{
		"one second":      {used.TimedOut(time.Second), "Function timed out after 1 second (maxMemoryUsage: 1.50MB)"},
		"seconds":         {used.TimedOut(time.Minute), "Function timed out after 60 seconds (maxMemoryUsage: 1.50MB)"},
		"parts of one":    {used.TimedOut(1500 * time.Millisecond), "Function timed out after 1.5 seconds (maxMemoryUsage: 1.50MB)"},
		"exited":          {used.Exited(), "Process exited unexpectedly before completing request (duration: 1234ms, maxMemoryUsage: 1.50MB)"},
		"gone":            {used.ClientGone(), "Invocation canceled by client (duration: 1234ms, maxMemoryUsage: 1.50MB)"},
		"canceled":        {used.Canceled(canceled(nil)), "Invocation canceled by client (duration: 1234ms, maxMemoryUsage: 1.50MB)"},
		"by the client":   {used.Canceled(canceled(fmt.Errorf("gone: %w", context.Canceled))), "Invocation canceled by client (duration: 1234ms, maxMemoryUsage: 1.50MB)"},
		"by somebody":     {used.Canceled(canceled(errors.New("closing"))), "Invocation canceled: closing (duration: 1234ms, maxMemoryUsage: 1.50MB)"},
		"not canceled":    {used.Canceled(t.Context()), "Invocation canceled by client (duration: 1234ms, maxMemoryUsage: 1.50MB)"},
		"nothing is used": {verdict.Usage{}.Exited(), "Process exited unexpectedly before completing request (duration: 0ms, maxMemoryUsage: 0.00MB)"},
	} {
		if c.got != c.want {
			t.Errorf("%s: %q, want %q", name, c.got, c.want)
		}
	}
}
