package process

import "time"

// MaxMemory returns the most memory that the tree has used at a time, in bytes.
// Without a control group it is the first process's alone, known at its end.
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
