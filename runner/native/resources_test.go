package native_test

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
)

// resources is what a process holds, and what it leaves elsewhere in its name.
type resources struct {
	goroutines, fds, listeners, children, mounts, groups, temporaries int
}

func count(t testing.TB) resources {
	t.Helper()
	r := resources{goroutines: runtime.NumGoroutine(), listeners: listeners(t)}
	fds, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	r.fds = len(fds)
	tasks, err := filepath.Glob("/proc/self/task/*/children")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range tasks {
		list, _ := os.ReadFile(file) // the thread may be gone
		r.children += len(strings.Fields(string(list)))
	}
	mounts, err := os.ReadFile("/proc/self/mountinfo")
	if err != nil {
		t.Fatal(err)
	}
	r.mounts = bytes.Count(mounts, []byte("\n"))
	own := fmt.Sprintf("-%d-", os.Getpid())
	_ = filepath.WalkDir("/sys/fs/cgroup", func(_ string, d fs.DirEntry, _ error) error {
		if d != nil && d.IsDir() && strings.HasPrefix(d.Name(), "wafer-") && strings.Contains(d.Name(), own) {
			r.groups++
		}
		return nil
	})
	temporaries, err := filepath.Glob(filepath.Join(os.TempDir(), "wafer-native-*"+own+"*"))
	if err != nil {
		t.Fatal(err)
	}
	r.temporaries = len(temporaries)
	return r
}

// within reports whether r is no more than most, in anything.
func (r resources) within(most resources) bool {
	return r.goroutines <= most.goroutines && r.fds <= most.fds && r.listeners <= most.listeners && r.children <= most.children &&
		r.mounts <= most.mounts && r.groups <= most.groups && r.temporaries <= most.temporaries
}

// check waits for the process to hold no more than before.
func (r resources) check(t testing.TB) {
	t.Helper()
	var now resources
	for range 300 {
		if now = count(t); now.within(r) {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Errorf("left over: %+v, before: %+v", now, r)
	buf := make([]byte, 1<<16)
	t.Logf("%s", buf[:runtime.Stack(buf, true)])
}
