package runner

import (
	"errors"
	"fmt"
	"slices"

	"github.com/wafer-run/wafer/hostfns"
	"github.com/wafer-run/wafer/hostfns/logs"
)

// Config configures a [Runner]. It is immutable: every With method returns a
// changed copy, so a Config may be shared and derived from freely. Start from
// [NewConfig]; mistakes are reported by [New].
type Config struct {
	cacheDir     string
	logSink      logs.Sink
	capabilities []hostfns.Capability
	interpret    bool
	memoryBudget int64
	codeBudget   int64
	cacheLimit   int64
}

// NewConfig returns the defaults: no code cache on disk, no log sink, and the
// logging capability.
func NewConfig() Config {
	return Config{capabilities: []hostfns.Capability{logs.Capability{}}}
}

// WithCacheDir keeps compiled code in dir, so that the next process does not
// compile the same module again. The directory is made with mode 0700; it is
// as trusted as the program itself. Empty, the default, keeps nothing.
func (c Config) WithCacheDir(dir string) Config {
	c.cacheDir = dir
	return c
}

// WithCacheLimit limits what compiled code and snapshots take in the cache
// directory, in bytes: beyond it what has not been used for the longest time is
// removed, by any process and in the background. A Go function takes some 35 MB.
// What was used within two hours stays, and so does what belongs to loaded
// functions, so this is no hard limit. Default 0, none.
func (c Config) WithCacheLimit(bytes int64) Config {
	c.cacheLimit = bytes
	return c
}

// WithLogSink sends every line of every function's log to sink. nil, the
// default, keeps only the tail of each request for [Result].
func (c Config) WithLogSink(sink logs.Sink) Config {
	c.logSink = sink
	return c
}

// WithCapability offers a capability to functions. It still has to be granted
// to each, see [FunctionConfig.WithGrant].
func (c Config) WithCapability(capability hostfns.Capability) Config {
	c.capabilities = append(slices.Clip(slices.Clone(c.capabilities)), capability)
	return c
}

// WithInterpreter runs guests on wazero's interpreter instead of its compiler:
// loading is quick, running some twenty times slower. It is the only choice on
// processors that wazero has no compiler for.
func (c Config) WithInterpreter(on bool) Config {
	c.interpret = on
	return c
}

// WithMemoryBudget limits the memory that instances hold, over all functions,
// in bytes: beyond it the longest idle ones are destroyed. It is no hard limit,
// busy instances keep what they have. Default 0, none.
func (c Config) WithMemoryBudget(bytes int64) Config {
	c.memoryBudget = bytes
	return c
}

// WithCodeBudget limits the private memory of compiled code that no instance
// uses, in bytes: beyond it the least recently used is dropped, and read again
// from the cache when it is needed. Default 0, which means 1 GiB; less than 0
// drops code with its last instance.
func (c Config) WithCodeBudget(bytes int64) Config {
	c.codeBudget = bytes
	return c
}

// validate reports everything that is wrong.
func (c Config) validate() error {
	var errs []error
	seen := map[string]bool{}
	for _, capability := range c.capabilities {
		if capability == nil {
			errs = append(errs, errors.New("runner: config: a capability is nil"))
			continue
		}
		if seen[capability.Module()] {
			errs = append(errs, fmt.Errorf("runner: config: capability %q is offered twice", capability.Name()))
		}
		seen[capability.Module()] = true
	}
	if c.cacheLimit < 0 {
		errs = append(errs, fmt.Errorf("runner: config: the cache limit is %d bytes, want 0 (none) or more", c.cacheLimit))
	}
	if c.memoryBudget < 0 {
		errs = append(errs, fmt.Errorf("runner: config: the memory budget is %d bytes, want 0 (none) or more", c.memoryBudget))
	}
	return errors.Join(errs...)
}
