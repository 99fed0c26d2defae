package process

import (
	"syscall"
	"time"
)

// MaxMemory returns the most memory that the tree has used at a time, in bytes.
// Without a control group it is the first process's alone, known at its end, and
// only where it is more than wafer itself has held; otherwise 0.
func (p *Process) MaxMemory() int64 {
	p.mu.Lock()
	if !p.reaping && p.launch.group != nil {
		if n, ok := p.launch.group.peak(); ok {
			p.mu.Unlock()
			return n
		}
	}
	p.mu.Unlock()
	return p.usage().memory
}

// CPUTime returns what the tree has used of all CPUs. Without a control group it
// is known at the end, and lacks what children used that nobody waited for.
func (p *Process) CPUTime() time.Duration { return p.usage().cpu }

func (p *Process) usage() usage {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.reaping || p.launch.group == nil {
		return p.used
	}
	return p.launch.group.usage()
}

// inherited returns the most memory that wafer itself has held. A program that
// was started by vfork, as Go does it, begins with its parent's peak as its own
// ru_maxrss (exec_mmap in fs/exec.c), so only what exceeds this is the program's.
func inherited() int64 {
	var ru syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &ru); err != nil {
		return 0
	}
	return ru.Maxrss << 10
}

// own returns the program's peak out of its ru_maxrss in bytes, where it can be
// told from wafer's, and no control group counted better.
func (l *launch) own(maxRSS int64) int64 {
	if l.group != nil || maxRSS <= l.inherited {
		return 0
	}
	return maxRSS
}
