package process

import (
	"strconv"
	"strings"
	"syscall"
	"time"

	"math/rand/v2"
	"os"
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
	return groupPrefix + strconv.Itoa(os.Getpid()) + "-" + strconv.FormatUint(rand.Uint64(), 36)
}

// stale tells whether something was made by a process that has ended, by its
// name: a prefix, that process's ID, a hyphen, anything.
func stale(name, prefix string) bool {
	rest, ok := strings.CutPrefix(name, prefix)
	if !ok {
		return false
	}
	digits, _, _ := strings.Cut(rest, "-")
	pid, err := strconv.Atoi(digits)
	return err == nil && pid > 0 && syscall.Kill(pid, 0) == syscall.ESRCH
}

// sweep removes stale groups below a directory. Those with processes in them
// cannot be removed.
func sweep(dir string) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return
	}
	for _, e := range entries {
		if e.IsDir() && stale(e.Name(), groupPrefix) {
			_ = syscall.Rmdir(dir + "/" + e.Name())
		}
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
