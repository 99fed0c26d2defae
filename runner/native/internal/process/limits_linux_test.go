package process_test

import (
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/wafer-run/wafer/runner/native/internal/process"
)

const mb = 1 << 20

// TestMemory lets a process have what its limit allows, and no more. The parent
// is larger than the limit, which must not show in what the process has used.
func TestMemory(t *testing.T) {
	needs(t, process.MemoryCgroup)
	ballast := make([]byte, 256*mb)
	for i := 0; i < len(ballast); i += 4096 {
		ballast[i] = 1
	}
	defer runtime.KeepAlive(ballast)
	p, out := begin(t, process.Spec{Memory: 128 * mb}, "alloc", strconv.Itoa(40*mb))
	if s := p.Wait(); s.Code != 0 || s.OOM {
		t.Errorf("within the limit: %s, %s", s, out)
	}
	if m := p.MaxMemory(); m < 40*mb || m > 128*mb {
		t.Errorf("used %d MB, want some more than 40", m/mb)
	}
	if _, s := finish(t, process.Spec{Memory: 128 * mb}, "alloc", strconv.Itoa(400*mb)); !s.OOM || s.String() != "out of memory" {
		t.Errorf("beyond the limit: %+v", s)
	}
}

// TestPids counts what a process can start.
func TestPids(t *testing.T) {
	needs(t, process.PidsCgroup)
	out, _ := finish(t, process.Spec{Pids: 60}, "fork", "40")
	got, err := strconv.Atoi(strings.TrimSpace(strings.TrimPrefix(out, "started ")))
	// Each child has some threads, too, so far fewer than 40 fit.
	if err != nil || got == 0 || got >= 40 {
		t.Errorf("%s (%v)", out, err)
	}
}

// TestForkBomb contains one, and kills it.
func TestForkBomb(t *testing.T) {
	needs(t, process.PidsCgroup)
	m := mark(t)
	p, _ := begin(t, process.Spec{Pids: 50, CPU: 0.5, Memory: 256 * mb}, "bomb", m)
	time.Sleep(300 * time.Millisecond)
	if n := len(marked(t, "bomb")); n == 0 || n > 50 {
		t.Errorf("%d processes, want 1 to 50", n)
	}
	p.Kill()
	p.Wait()
	if left := marked(t, "bomb"); len(left) > 0 {
		t.Errorf("processes %v are left", left)
	}
}

// TestCPU compares what a spinning process got with what it may have. Only far
// too much is a failure: a busy machine may give it less.
func TestCPU(t *testing.T) {
	needs(t, process.CPUCgroup)
	p, _ := begin(t, process.Spec{CPU: 0.2}, "spin")
	began := time.Now()
	time.Sleep(time.Second)
	used, passed := p.CPUTime(), time.Since(began)
	if used > passed/2 {
		t.Errorf("used %s of CPU in %s, with a share of 0.2", used, passed)
	}
	if used == 0 {
		t.Error("used no CPU")
	}
}
