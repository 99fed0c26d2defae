package process

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
)

// chooseNetwork decides which mechanism keeps the process off the network.
func (l *launch) chooseNetwork() {
	n := l.network
	switch {
	case n.egress:
		l.off[NetworkNamespace], l.off[LandlockNetwork] = errNotWanted, errNotWanted
	case n.Own():
		l.off[LandlockNetwork] = errNotWanted // there is nobody to connect to
	default:
		l.off[NetworkNamespace] = n.refused
	}
}

// errNotWanted marks a mechanism that a process has no need of.
var errNotWanted = errors.New("not asked for")

// prepare makes what a try needs.
func (l *launch) prepare() error {
	if err := l.prepareGroup(); err != nil {
		return err
	}
	if !l.use(Landlock) {
		if l.off[LandlockNetwork] == nil {
			l.off[LandlockNetwork] = l.off[Landlock]
		}
	}
	if l.use(MountNamespace) {
		return nil
	}
	if !l.use(PrivateTemp) {
		return nil
	}
	dir, err := os.MkdirTemp("", tempPrefix+owner())
	if err != nil {
		return fmt.Errorf("making a temporary directory: %w", err)
	}
	l.temp = dir
	if l.user != 0 {
		err = os.Chown(dir, int(l.user), int(l.user))
	}
	return err
}

// tempPrefix begins the names of temporary directories on the host.
const tempPrefix = "wafer-native-"

// sweepTemp removes what a killed wafer left.
func sweepTemp() {
	found, _ := filepath.Glob(filepath.Join(os.TempDir(), tempPrefix+"*"))
	for _, dir := range found {
		if stale(filepath.Base(dir), tempPrefix) {
			_ = os.RemoveAll(dir)
		}
	}
}

// prepareGroup makes a control group.
func (l *launch) prepareGroup() error {
	if l.cgroupsOff() {
		return nil
	}
	var refused map[Mechanism]error
	l.group, refused = l.host.groups.create(limits{memory: l.spec.Memory, cpu: l.spec.CPU, pids: l.spec.Pids})
	for m, err := range refused {
		if m != "" {
			l.off[m] = err
		}
	}
	return nil
}

func (l *launch) cgroupsOff() bool {
	return !l.use(MemoryCgroup) && !l.use(CPUCgroup) && !l.use(PidsCgroup)
}

// discard gives back what prepare made.
func (l *launch) discard() {
	if l.group != nil {
		l.group.remove()
		l.group = nil
	}
	if l.temp != "" {
		_ = os.RemoveAll(l.temp)
		l.temp = ""
	}
}

// wanted says which limits need a control group.
func (l *launch) wanted(m Mechanism) bool {
	switch m {
	case MemoryCgroup:
		return l.spec.Memory > 0
	case CPUCgroup:
		return l.spec.CPU > 0
	case PidsCgroup:
		return l.spec.Pids > 0
	}
	return !errors.Is(l.off[m], errNotWanted)
}

// report says what came of it.
func (l *launch) report() Report {
	var r Report
	for _, m := range Mechanisms() {
		switch {
		case !l.wanted(m):
		case !l.use(m):
			r.refuse(m, l.off[m])
		case slices.Contains(l.active, m), slices.Contains(groupMechanisms[:], m), m == PrivateTemp:
			r.activate(m)
		}
	}
	return r
}

// require checks what the caller will not do without. What is not asked for, as
// a limit of zero, is not missing.
func (p *Process) require() error {
	for _, m := range p.launch.spec.Require {
		if !slices.Contains(Mechanisms(), m) {
			return &MissingError{m, "there is no such mechanism"}
		}
		if err := p.launch.off[m]; err != nil && p.launch.wanted(m) {
			return &MissingError{m, err.Error()}
		}
	}
	return nil
}
