package runnertest

import (
	"testing"

	"github.com/wafer-run/wafer/runner/internal/guesttest"
)

// Build returns the module of the handler in dir, as "wafer build" makes it. It
// is built once for all tests and kept across runs.
func Build(t testing.TB, dir string) []byte {
	t.Helper()
	return guesttest.Build(t, dir)
}
