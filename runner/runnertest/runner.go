// Package runnertest is the harness for tests that run functions: a runner
// with the compiled code of earlier runs at hand, which checks when the test
// ends that nothing of it is left.
package runnertest

import (
	"context"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/wafer-run/wafer/hostfns/logs"
	"github.com/wafer-run/wafer/runner"
)

// CacheDir returns the directory in which tests share compiled code:
// $WAFER_TEST_CACHE, or a directory in the user's cache directory.
func CacheDir(t testing.TB) string {
	t.Helper()
	dir := os.Getenv("WAFER_TEST_CACHE")
	if dir == "" {
		cache, err := os.UserCacheDir()
		if err != nil {
			t.Fatalf("runnertest: %v", err)
		}
		dir = filepath.Join(cache, "wafer", "test")
	}
	return filepath.Join(dir, "code")
}

// New returns a runner that is closed when the test ends. What functions print
// goes to the test's log if it fails. The test fails when goroutines, file
// descriptors, or mappings of images and code are left over.
func New(t testing.TB) *runner.Runner {
	t.Helper()
	return NewWithConfig(t, runner.NewConfig().WithCacheDir(CacheDir(t)))
}

// NewWithConfig is [New] with a configuration.
func NewWithConfig(t testing.TB, cfg runner.Config) *runner.Runner {
	t.Helper()
	before := enter()
	r, err := runner.New(context.Background(), cfg)
	if err != nil {
		leave()
		t.Fatalf("runnertest: %v", err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
		defer cancel()
		if err := r.Close(ctx); err != nil {
			t.Errorf("runnertest: closing the runner: %v", err)
		}
		before.mappings = leave()
		before.check(t)
	})
	return r
}

// Load loads a function and fails the test when that does not work.
func Load(t testing.TB, r *runner.Runner, cfg runner.FunctionConfig, wasm []byte) *runner.Function {
	t.Helper()
	f, err := r.Load(context.Background(), cfg, wasm)
	if err != nil {
		t.Fatalf("runnertest: %v", err)
	}
	return f
}

// Lines is a log sink that keeps what it gets.
type Lines struct {
	ch chan string
}

// NewLines returns an empty sink for up to 100,000 lines.
func NewLines() *Lines { return &Lines{ch: make(chan string, 100_000)} }

// Sink is what to configure.
func (l *Lines) Sink(line logs.Line) { l.ch <- string(line.Text) }

// Take returns the lines since the last call.
func (l *Lines) Take() []string {
	var all []string
	for {
		select {
		case s := <-l.ch:
			all = append(all, s)
		default:
			return all
		}
	}
}

// resources is what a process holds.
type resources struct{ goroutines, fds, mappings int }

func count() resources {
	r := resources{goroutines: runtime.NumGoroutine()}
	if names, err := os.ReadDir("/proc/self/fd"); err == nil {
		r.fds = len(names)
	}
	if maps, err := os.ReadFile("/proc/self/maps"); err == nil {
		for line := range strings.Lines(string(maps)) {
			if ours(strings.TrimSuffix(strings.TrimSpace(line), " (deleted)")) {
				r.mappings++
			}
		}
	}
	return r
}

// open counts the runners of tests that have not ended. While
// one of them ends another one may map more, so mappings are compared when the
// last one ends, with those from before the first.
var open struct {
	sync.Mutex
	runners, mappings int
}

// enter begins a runner, and returns what the process holds before.
func enter() resources {
	open.Lock()
	defer open.Unlock()
	before := count()
	if open.runners++; open.runners == 1 {
		open.mappings = before.mappings
	}
	return before
}

// leave ends a runner, and returns how many mappings there may be afterwards.
func leave() int {
	open.Lock()
	defer open.Unlock()
	if open.runners--; open.runners > 0 {
		return math.MaxInt
	}
	return open.mappings
}

// ours reports whether a line about a mapping is about one of wafer's: an image
// in memory, a snapshot or code in any cache directory, also of other runners.
func ours(line string) bool {
	if strings.HasSuffix(line, "memfd:wafer-image") {
		return true
	}
	switch filepath.Ext(line) {
	case ".snap", ".code", ".module", ".wasm":
		return true
	}
	return false
}

// check waits for the process to hold no more than before, and fails the test
// when it does not come to that.
func (before resources) check(t testing.TB) {
	t.Helper()
	var now resources
	for range 200 {
		runtime.GC() // finalizers free code
		now = count()
		if now.goroutines <= before.goroutines && now.fds <= before.fds && now.mappings <= before.mappings {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Errorf("runnertest: left over: %d goroutines (%d before), %d file descriptors (%d before), %d mappings of images and code (%d before)",
		now.goroutines, before.goroutines, now.fds, before.fds, now.mappings, before.mappings)
	buf := make([]byte, 1<<16)
	t.Logf("%s", buf[:runtime.Stack(buf, true)])
}
