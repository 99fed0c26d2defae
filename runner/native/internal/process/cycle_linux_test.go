package process_test

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/wafer-run/wafer/runner/native/internal/process"
)

// held is what processes could leave behind.
type held struct {
	processes, descriptors, threads, goroutines, mounts, groups, temporaries int
}

func count(t testing.TB, mark string) held {
	t.Helper()
	list := func(dir string) int {
		entries, err := os.ReadDir(dir)
		if err != nil {
			t.Fatal(err)
		}
		return len(entries)
	}
	mounts, err := os.ReadFile("/proc/self/mountinfo")
	if err != nil {
		t.Fatal(err)
	}
	groups := 0
	_ = filepath.WalkDir("/sys/fs/cgroup", func(_ string, d fs.DirEntry, _ error) error {
		if d != nil && d.IsDir() && strings.HasPrefix(d.Name(), "wafer-") && strings.Contains(d.Name(), fmt.Sprintf("-%d-", os.Getpid())) {
			groups++
		}
		return nil
	})
	return held{
		processes: len(marked(t, mark)), descriptors: list("/proc/self/fd"), threads: list("/proc/self/task"),
		goroutines: runtime.NumGoroutine(), mounts: bytes.Count(mounts, []byte("\n")), groups: groups, temporaries: temporaries(t),
	}
}

// TestCycles starts and kills processes, at different moments of their lives,
// and looks for what is left.
func TestCycles(t *testing.T) {
	cycles := 1000
	if testing.Short() {
		cycles = 60
	}
	dir, m := code(t), mark(t)
	cycle := func(i int) {
		var out buffer
		p, err := process.Start(process.Spec{
			Path: "probe", Dir: dir, Args: []string{"daemon", "stay", m}, Memory: 256 * mb, CPU: 1, Pids: 100, Stdout: &out,
		})
		if err != nil {
			t.Error(err)
			return
		}
		if i%8 == 0 { // the others die while they start
			await(t, "the grandchild", func() bool { return out.String() != "" })
		}
		p.Kill()
		if s := p.Wait(); !s.Killed {
			t.Errorf("status %s", s)
		}
	}
	cycle(0) // what is opened once
	var before held
	await(t, "quiet", func() bool {
		last := before
		before = count(t, m)
		return last == before
	})
	var wg sync.WaitGroup
	for worker := range 4 {
		wg.Go(func() {
			for i := range cycles / 4 {
				cycle(worker + i)
			}
		})
	}
	wg.Wait()
	var after held
	// Threads of Go's own stay; each of ours ends by and by.
	enough := func() bool {
		after = count(t, m)
		spare := runtime.GOMAXPROCS(0) + 16
		return after.processes == 0 && after.descriptors <= before.descriptors && after.threads <= before.threads+spare &&
			after.goroutines <= before.goroutines && after.mounts == before.mounts && after.groups == 0 && after.temporaries <= before.temporaries
	}
	defer func() { t.Logf("before %+v, after %+v", before, after) }()
	await(t, "nothing to be left", enough)
	// Starting programs as another user marks the starter for a moment.
	if d, err := unix.PrctlRetInt(unix.PR_GET_DUMPABLE, 0, 0, 0, 0); err != nil || d != 1 {
		t.Errorf("wafer may be dumped: %d, %v, want 1", d, err)
	}
}
