package process

import (
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// limits are what a group holds its tree to. Zero means no limit.
type limits struct {
	memory int64   // bytes
	cpu    float64 // share of one CPU
	pids   int
}

// usage is what a group counted.
type usage struct {
	memory int64         // bytes, the most at a time
	cpu    time.Duration // of all CPUs
	oom    bool          // the memory limit was hit, and something killed for it
}

// group is a control group for one tree of processes.
type group interface {
	// attach makes the child start in the group, or leaves that to enter.
	attach(*syscall.SysProcAttr)
	// enter lets children of the calling thread start in the group, until leave.
	// Both work when the thread sees no files of the host any more.
	enter() error
	leave()
	// kill ends all processes in the group.
	kill()
	usage() usage
	// peak returns the most memory used at a time, in bytes, if it is to be had
	// for one system call.
	peak() (int64, bool)
	// remove removes the group, once it is empty.
	remove()
}

// groups makes groups. The errors say which mechanisms a group lacks and why;
// the group is nil when there is nothing to it.
type groups interface {
	create(limits) (group, map[Mechanism]error)
	// available says why a mechanism is missing in general, or nil.
	available(Mechanism) error
}

// groupMechanisms are those that are groups' work.
var groupMechanisms = [...]Mechanism{MemoryCgroup, CPUCgroup, PidsCgroup}

// cpuPeriod is the time, in microseconds, in which a group may use its share.
// The kernel's own default of 100 ms makes a function with a tenth of a CPU
// stand still for 90 ms; shares below a twentieth need it, as a group's quota is
// at least a millisecond.
func cpuPeriod(share float64) (quota int64, period uint64) {
	period = 20_000
	if share < 0.05 {
		period = 100_000
	}
	return max(int64(share*float64(period)), 1000), period
}

const groupPrefix = "wafer-"

// groupName returns a new name. It names wafer's process, so that a later one
// can remove what a killed one left.
func groupName() string {
	return groupPrefix + owner() + strconv.FormatUint(rand.Uint64(), 36)
}

// sweep ends and removes stale groups below a directory.
func sweep(dir string) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return
	}
	for _, e := range entries {
		if e.IsDir() && stale(e.Name(), groupPrefix) {
			sweepGroup(filepath.Join(dir, e.Name()))
		}
	}
}

// sweepGroup ends what is in a group that nobody looks after any more. Without
// a PID namespace, that is how a daemon of a killed wafer's ends at last.
func sweepGroup(dir string) {
	for range 100 {
		if err := syscall.Rmdir(dir); !errors.Is(err, syscall.EBUSY) {
			return
		}
		b, err := os.ReadFile(filepath.Join(dir, "cgroup.procs"))
		if err != nil {
			return
		}
		for _, field := range strings.Fields(string(b)) {
			if pid, err := strconv.Atoi(field); err == nil && pid > 1 {
				_ = syscall.Kill(pid, syscall.SIGKILL)
			}
		}
		time.Sleep(time.Millisecond)
	}
}

// retryRemove calls remove until it succeeds: the last task of a group leaves it
// a moment after it is gone for everybody else.
func retryRemove(remove func() error) {
	for wait := 100 * time.Microsecond; wait < 2*time.Second; wait *= 2 {
		if remove() == nil {
			return
		}
		time.Sleep(wait)
	}
}
