package site

import (
	"errors"
	"io"
	"runtime"

	"github.com/wafer-run/wafer/hostfns/logs"
	"github.com/wafer-run/wafer/runner"
	"github.com/wafer-run/wafer/runner/internal/front"
)

// Config configures a [Site]. Runner and CacheDir must be set.
type Config struct {
	// Runner loads WebAssembly functions. The site does not close it.
	Runner *runner.Runner
	// CacheDir is where the builds of Go source are kept. It must belong to
	// this user alone: what is in it gets executed.
	CacheDir string
	// Environ is the environment of the go command.
	Environ []string
	// Go is the go command. Default "go".
	Go string
	// Cached says that Runner keeps compiled code for the next start.
	Cached bool
	// Version of this program, for the stamp of what is built.
	Version string
	// Parallel is how many functions are built and loaded at once. Default
	// GOMAXPROCS.
	Parallel int
	// Progress is told what is done for a function that may take a while, by one
	// goroutine at a time. nil, the default, tells nobody.
	Progress func(function, doing string)
	// LogSink gets the log of native programs; WebAssembly functions have that of
	// Runner. nil, the default, discards it.
	LogSink logs.Sink
	// Taken are ports of the host that no native program may have, with who has
	// them.
	Taken map[int]string
	// Limits are those of the server in front, see [front.Config].
	Limits front.Limits
	// Output gets what the go command prints. nil, the default, discards it.
	Output io.Writer
}

func (c Config) withDefaults() (Config, error) {
	var errs []error
	if c.Runner == nil {
		errs = append(errs, errors.New("site: config: Runner is not set"))
	}
	if c.CacheDir == "" {
		errs = append(errs, errors.New("site: config: CacheDir is not set"))
	}
	if c.Parallel <= 0 {
		c.Parallel = runtime.GOMAXPROCS(0)
	}
	if c.Progress == nil {
		c.Progress = func(string, string) {}
	}
	if c.Output == nil {
		c.Output = io.Discard
	}
	return c, errors.Join(errs...)
}
