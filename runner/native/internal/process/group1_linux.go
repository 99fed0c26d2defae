package process

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
	"time"

	"github.com/containerd/cgroups/v3/cgroup1"
	stats "github.com/containerd/cgroups/v3/cgroup1/stats"
	specs "github.com/opencontainers/runtime-spec/specs-go"
	"golang.org/x/sys/unix"
)

// groups1 makes groups of cgroup v1, one directory in the hierarchy of each
// controller, below wafer's own.
type groups1 struct {
	controllers []controller1
	missing     map[Mechanism]error
}

type controller1 struct {
	cgroup1.Subsystem
	mechanism Mechanism // "" for accounting alone
	own       string    // wafer's own group in its hierarchy
	dir       string    // the same as a directory
}

func newGroups1() groups {
	g := &groups1{missing: map[Mechanism]error{}}
	for _, m := range groupMechanisms {
		g.missing[m] = errors.New("the controller is not mounted")
	}
	subsystems, err := cgroup1.Default()
	if err != nil {
		return g
	}
	nested := cgroup1.NestedPath("")
	for _, s := range subsystems {
		c := controller1{Subsystem: s}
		switch s.Name() {
		case cgroup1.Memory:
			c.mechanism = MemoryCgroup
		case cgroup1.Cpu:
			c.mechanism = CPUCgroup
		case cgroup1.Pids:
			c.mechanism = PidsCgroup
		case cgroup1.Cpuacct:
		default:
			continue
		}
		p, ok := s.(interface{ Path(string) string })
		if !ok {
			continue
		}
		if c.own, err = nested(s.Name()); err == nil {
			c.dir = p.Path(c.own)
			err = unix.Access(c.dir, unix.W_OK)
		}
		if err != nil {
			g.missing[c.mechanism] = fmt.Errorf("writing to %s: %w", c.dir, err)
			continue
		}
		sweep(c.dir)
		delete(g.missing, c.mechanism)
		g.controllers = append(g.controllers, c)
	}
	return g
}

func (g *groups1) available(m Mechanism) error { return g.missing[m] }

func (g *groups1) create(l limits) (group, map[Mechanism]error) {
	made := &group1{pids: l.pids, pidsMax: -1, most: peak{-1}}
	refused := map[Mechanism]error{}
	for m, err := range g.missing {
		refused[m] = err
	}
	name := groupName()
	for _, c := range g.controllers {
		resources := &specs.LinuxResources{}
		switch {
		case c.mechanism == MemoryCgroup && l.memory > 0:
			// The second limit counts swap, too; the library leaves it out where the
			// kernel does not account for swap.
			resources.Memory = &specs.LinuxMemory{Limit: &l.memory, Swap: &l.memory}
		case c.mechanism == CPUCgroup && l.cpu > 0:
			quota, period := cpuPeriod(l.cpu)
			resources.CPU = &specs.LinuxCPU{Quota: &quota, Period: &period}
		case c.mechanism == PidsCgroup && l.pids > 0:
			// The thread that starts the process is in the group for that moment.
			starting := int64(l.pids) + 1
			resources.Pids = &specs.LinuxPids{Limit: &starting}
		case c.mechanism == CPUCgroup, c.mechanism == PidsCgroup:
			continue // nothing to limit
		}
		if err := made.add(c, name, resources); err != nil {
			refused[c.mechanism] = err
		}
	}
	if len(made.members) == 0 {
		return nil, refused
	}
	return made, refused
}

// group1 is one group of cgroup v1.
type group1 struct {
	members []member1
	pids    int
	pidsMax int // descriptor of the file with that limit, or -1
	most    peak
}

type member1 struct {
	cgroup1.Cgroup
	name            cgroup1.Name
	inside, outside int // descriptors of the files that move the calling thread
}

func (g *group1) add(c controller1, name string, resources *specs.LinuxResources) error {
	hierarchy := func() ([]cgroup1.Subsystem, error) { return []cgroup1.Subsystem{c.Subsystem}, nil }
	cg, err := cgroup1.New(cgroup1.StaticPath(filepath.Join(c.own, name)), resources, cgroup1.WithHierarchy(hierarchy))
	if err != nil {
		_ = syscall.Rmdir(filepath.Join(c.dir, name))
		return err
	}
	m := member1{Cgroup: cg, name: c.Name()}
	open := func(path string) (int, error) { return unix.Open(path, unix.O_WRONLY|unix.O_CLOEXEC, 0) }
	if m.inside, err = open(filepath.Join(c.dir, name, "tasks")); err == nil {
		if m.outside, err = open(filepath.Join(c.dir, "tasks")); err != nil {
			_ = unix.Close(m.inside)
		}
	}
	if err != nil {
		_ = cg.Delete()
		return err
	}
	if c.mechanism == PidsCgroup {
		g.pidsMax, _ = open(filepath.Join(c.dir, name, "pids.max"))
	}
	if c.mechanism == MemoryCgroup {
		g.most = openPeak(filepath.Join(c.dir, name), "memory.max_usage_in_bytes")
	}
	g.members = append(g.members, m)
	return nil
}

func (g *group1) attach(*syscall.SysProcAttr) {}

// enter moves the calling thread, and no other, into the group. That a thread
// moves itself is what makes it cheap: the kernel need not stop the others.
func (g *group1) enter() error {
	for _, m := range g.members {
		if _, err := unix.Write(m.inside, []byte("0")); err != nil {
			return fmt.Errorf("entering the %s group: %w", m.name, err)
		}
	}
	return nil
}

func (g *group1) leave() {
	for i, m := range g.members {
		_, _ = unix.Write(m.outside, []byte("0"))
		_ = unix.Close(m.inside)
		_ = unix.Close(m.outside)
		g.members[i].inside, g.members[i].outside = -1, -1
	}
	if g.pidsMax >= 0 {
		_, _ = unix.Write(g.pidsMax, []byte(strconv.Itoa(g.pids)))
		_ = unix.Close(g.pidsMax)
		g.pidsMax = -1
	}
}

// kill signals what is in the group until nothing is: between two looks a
// process may have forked.
func (g *group1) kill() {
	for range 1000 {
		found := false
		for _, m := range g.members {
			procs, err := m.Processes(m.name, true)
			if err != nil {
				continue
			}
			for _, p := range procs {
				// A thread of wafer's may be in there for the moment of a start.
				if p.Pid != os.Getpid() {
					found = true
					_ = unix.Kill(p.Pid, unix.SIGKILL)
				}
			}
		}
		if !found {
			return
		}
		time.Sleep(time.Millisecond)
	}
}

func (g *group1) usage() usage {
	var u usage
	for _, m := range g.members {
		s, err := m.Stat(cgroup1.IgnoreNotExist)
		if err != nil {
			continue
		}
		u.add(s)
	}
	return u
}

func (u *usage) add(s *stats.Metrics) {
	u.memory = max(u.memory, int64(s.GetMemory().GetUsage().GetMax()))
	u.cpu = max(u.cpu, time.Duration(s.GetCPU().GetUsage().GetTotal()))
	u.oom = u.oom || s.GetMemoryOomControl().GetOomKill() > 0
}

func (g *group1) peak() (int64, bool) { return g.most.read() }

func (g *group1) remove() {
	g.most.close()
	for _, m := range g.members {
		retryRemove(func() error {
			err := m.Delete()
			if errors.Is(err, fs.ErrNotExist) || errors.Is(err, cgroup1.ErrCgroupDeleted) {
				return nil
			}
			return err
		})
	}
}
