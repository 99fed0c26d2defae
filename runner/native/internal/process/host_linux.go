package process

import (
	"errors"
	"fmt"
	"os"
	"sync"

	"github.com/containerd/cgroups/v3"
	"github.com/containerd/cgroups/v3/cgroup2"
	"golang.org/x/sys/unix"
)

// host is what this machine has to offer. It does not change, once looked at.
type host struct {
	root     bool
	landlock int   // version of the ABI; 0: none
	signals  bool  // Landlock may scope signals
	dumpable int   // of wafer's process, see restoreDumpable
	procErr  error // why there is no /proc in a PID namespace
	empty    *os.File
	readable []string // for every process
	groups   groups
	missing  map[Mechanism]error
}

// theHost is found out on first use, as that takes some milliseconds and an
// open descriptor.
var theHost = sync.OnceValue(newHost)

func newHost() *host {
	h := &host{root: os.Geteuid() == 0, missing: map[Mechanism]error{}}
	h.dumpable, _ = unix.PrctlRetInt(unix.PR_GET_DUMPABLE, 0, 0, 0, 0)
	h.signals = landlockSignals()
	// Package os starts a child of its own when it looks for process handles for
	// the first time. In a new PID namespace that one would be the first, and its
	// end the namespace's.
	if self, err := os.FindProcess(os.Getpid()); err == nil {
		_ = self.Release()
	}
	var err error
	if h.landlock, err = landlockABI(); err != nil {
		h.missing[Landlock], h.missing[LandlockNetwork] = err, err
	} else if h.landlock < 4 {
		h.missing[LandlockNetwork] = errors.New("Landlock knows no network before Linux 6.7")
	}
	if h.empty, err = newEmptyNamespace(); err != nil {
		h.missing[MountNamespace] = err
	}
	if !h.root {
		h.missing[Credentials] = errors.New("only root can give a process another user")
		if err := userNamespaces(); err != nil {
			h.missing[PIDNamespace] = err
		}
	} else if err := tryThread(unix.CLONE_NEWPID); err != nil {
		h.missing[PIDNamespace] = err
	}
	if err := tryThread(unix.CLONE_NEWNET); err != nil {
		h.missing[NetworkNamespace] = err
	}
	h.procErr = probeProc()
	h.readable = systemPaths()
	sweepTemp()
	if cgroups.Mode() == cgroups.Unified {
		own, err := cgroup2.NestedGroupPath("")
		if err != nil {
			own = "/"
		}
		h.groups = newGroups2("/sys/fs/cgroup", own)
	} else {
		h.groups = newGroups1()
	}
	for _, m := range groupMechanisms {
		if err := h.groups.available(m); err != nil {
			h.missing[m] = err
		}
	}
	if err := seccompSupport(); err != nil {
		h.missing[Seccomp] = err
	}
	return h
}

// tryThread makes a namespace on a thread that ends at once.
func tryThread(flag int) error {
	result := make(chan error, 1)
	onThread(func() { result <- unix.Unshare(flag) })
	if err := <-result; err != nil {
		return fmt.Errorf("making a namespace: %w", err)
	}
	return nil
}

// userNamespaces tells why an ordinary user cannot make a PID namespace.
func userNamespaces() error {
	for file, bad := range map[string]string{
		"/proc/sys/user/max_user_namespaces":                     "0",
		"/proc/sys/kernel/unprivileged_userns_clone":             "0",
		"/proc/sys/kernel/apparmor_restrict_unprivileged_userns": "1",
	} {
		if b, err := os.ReadFile(file); err == nil && len(b) > 0 && string(b[:1]) == bad {
			return fmt.Errorf("ordinary users may not make namespaces: %s is %s", file, bad)
		}
	}
	return nil
}

// restoreDumpable undoes what starting a process as another user does to wafer:
// the child shares its memory for a moment, and the kernel marks that as not to
// be looked at.
func (h *host) restoreDumpable() {
	if h.dumpable == 1 {
		_ = unix.Prctl(unix.PR_SET_DUMPABLE, 1, 0, 0, 0)
	}
}

// Support says which mechanisms this machine and wafer's user allow. The first
// call, or the first start, takes some milliseconds. What a process gets of
// them is in its own report.
func Support() Report {
	h := theHost()
	var r Report
	for _, m := range Mechanisms() {
		if err := h.missing[m]; err != nil {
			r.refuse(m, err)
		} else {
			r.activate(m)
		}
	}
	return r
}
