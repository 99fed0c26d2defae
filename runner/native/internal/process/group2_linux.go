package process

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/containerd/cgroups/v3/cgroup2"
	"golang.org/x/sys/unix"
)

// groups2 makes groups of cgroup v2.
type groups2 struct {
	mount   string
	parent  string // group below which ours are made, as a path below mount
	missing map[Mechanism]error
}

var controllers2 = map[Mechanism]string{MemoryCgroup: "memory", CPUCgroup: "cpu", PidsCgroup: "pids"}

// newGroups2 looks for a place where groups with controllers can be made. A
// group that has processes cannot hand controllers to groups below it, the root
// aside, so the place is wafer's own group or, more often, the one above: give
// wafer's service Delegate=yes and start it in a group of its own below.
func newGroups2(mount, own string) groups {
	g := &groups2{mount: mount, parent: own, missing: map[Mechanism]error{}}
	fewest := len(groupMechanisms) + 1
	for _, parent := range slices.Compact([]string{own, filepath.Dir(own)}) {
		missing := probe2(mount, parent)
		if len(missing) < fewest {
			g.parent, g.missing, fewest = parent, missing, len(missing)
		}
	}
	sweep(filepath.Join(mount, g.parent))
	return g
}

// probe2 makes a group, and says which controllers it cannot have.
func probe2(mount, parent string) map[Mechanism]error {
	missing := map[Mechanism]error{}
	m, err := cgroup2.NewManager(mount, filepath.Join(parent, groupName()), &cgroup2.Resources{})
	if err == nil {
		defer func() { _ = m.Delete() }()
	}
	for _, mechanism := range groupMechanisms {
		switch {
		case err != nil:
			missing[mechanism] = err
		default:
			if err := enable2(m, mount, parent, controllers2[mechanism]); err != nil {
				missing[mechanism] = err
			}
		}
	}
	return missing
}

func enable2(m *cgroup2.Manager, mount, parent, controller string) error {
	b, err := os.ReadFile(filepath.Join(mount, parent, "cgroup.controllers"))
	if err != nil {
		return err
	}
	if !slices.Contains(strings.Fields(string(b)), controller) {
		return fmt.Errorf("%s does not have the controller %s", filepath.Join(mount, parent), controller)
	}
	return m.ToggleControllers([]string{controller}, cgroup2.Enable)
}

func (g *groups2) available(m Mechanism) error { return g.missing[m] }

func (g *groups2) create(l limits) (group, map[Mechanism]error) {
	refused := map[Mechanism]error{}
	for m, err := range g.missing {
		refused[m] = err
	}
	path := filepath.Join(g.parent, groupName())
	m, err := cgroup2.NewManager(g.mount, path, &cgroup2.Resources{})
	if err != nil {
		for _, mechanism := range groupMechanisms {
			refused[mechanism] = err
		}
		return nil, refused
	}
	set := func(mechanism Mechanism, r cgroup2.Resources) {
		if refused[mechanism] == nil {
			if err := m.Update(&r); err != nil {
				refused[mechanism] = err
			}
		}
	}
	if l.memory > 0 {
		swap, whole := int64(0), true
		set(MemoryCgroup, cgroup2.Resources{Memory: &cgroup2.Memory{Max: &l.memory, OOMGroup: &whole}})
		// Where swap is not accounted for, the limit above is all there is.
		_ = m.Update(&cgroup2.Resources{Memory: &cgroup2.Memory{Swap: &swap}})
	}
	if l.cpu > 0 {
		quota, period := cpuPeriod(l.cpu)
		set(CPUCgroup, cgroup2.Resources{CPU: &cgroup2.CPU{Max: cgroup2.NewCPUMax(&quota, &period)}})
	}
	if l.pids > 0 {
		set(PidsCgroup, cgroup2.Resources{Pids: &cgroup2.Pids{Max: int64(l.pids)}})
	}
	dir := filepath.Join(g.mount, path)
	fd, err := unix.Open(dir, unix.O_PATH|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	if err != nil {
		_ = m.Delete()
		for _, mechanism := range groupMechanisms {
			refused[mechanism] = err
		}
		return nil, refused
	}
	return &group2{m, dir, fd, openPeak(dir, "memory.peak")}, refused
}

// group2 is one group of cgroup v2.
type group2 struct {
	*cgroup2.Manager
	dir  string
	fd   int
	most peak
}

// attach makes clone3 start the child in the group.
func (g *group2) attach(a *syscall.SysProcAttr) { a.UseCgroupFD, a.CgroupFD = true, g.fd }
func (g *group2) enter() error                  { return nil }
func (g *group2) leave() {
	_ = unix.Close(g.fd)
	g.fd = -1
}

// kill uses the kernel's own way (Linux 5.14), which no fork escapes.
func (g *group2) kill() {
	if os.WriteFile(filepath.Join(g.dir, "cgroup.kill"), []byte("1"), 0) == nil {
		return
	}
	for range 1000 {
		procs, err := g.Procs(true)
		if err != nil || len(procs) == 0 {
			return
		}
		for _, pid := range procs {
			_ = unix.Kill(int(pid), unix.SIGKILL)
		}
		time.Sleep(time.Millisecond)
	}
}

func (g *group2) usage() usage {
	s, err := g.StatFiltered(cgroup2.StatCPU | cgroup2.StatMemory | cgroup2.StatMemoryEvents)
	if err != nil {
		return usage{}
	}
	return usage{
		memory: int64(max(s.GetMemory().GetMaxUsage(), s.GetMemory().GetUsage())),
		cpu:    time.Duration(s.GetCPU().GetUsageUsec()) * time.Microsecond,
		oom:    s.GetMemoryEvents().GetOomKill() > 0,
	}
}

func (g *group2) peak() (int64, bool) { return g.most.read() }

func (g *group2) remove() {
	g.most.close()
	retryRemove(func() error {
		if err := syscall.Rmdir(g.dir); err != nil && !errors.Is(err, syscall.ENOENT) {
			return err
		}
		return nil
	})
}
