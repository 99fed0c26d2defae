package process

import (
	"os"
	"strconv"
	"strings"
	"syscall"
)

// owner names wafer's process in names of what it may leave behind when it is
// killed: its PID namespace, as numbers mean nothing elsewhere, its ID and a
// hyphen after each.
func owner() string {
	return pidNamespace() + "-" + strconv.Itoa(os.Getpid()) + "-"
}

// stale tells whether something was left by a process that has ended, by its
// name: a prefix, an owner, anything. What another namespace's process made is
// never taken for stale.
func stale(name, prefix string) bool {
	rest, ok := strings.CutPrefix(name, prefix+pidNamespace()+"-")
	if !ok {
		return false
	}
	digits, _, _ := strings.Cut(rest, "-")
	pid, err := strconv.Atoi(digits)
	return err == nil && pid > 0 && syscall.Kill(pid, 0) == syscall.ESRCH
}

// pidNamespace returns the number of wafer's PID namespace.
func pidNamespace() string {
	link, err := os.Readlink("/proc/self/ns/pid") // pid:[4026531836]
	if err != nil {
		return "0"
	}
	return strings.Trim(strings.TrimPrefix(link, "pid:"), "[]")
}
