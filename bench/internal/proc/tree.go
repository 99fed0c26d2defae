package proc

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// Tree is what a process and its descendants have used and hold.
type Tree struct {
	Processes   int           `json:"processes"`
	CPU         time.Duration `json:"cpu"`         // of those that live, and of their dead children
	MinorFaults int64         `json:"minorFaults"` // likewise
	Memory      Memory        `json:"memory"`
	Mappings    int           `json:"mappings"`
	Descriptors int           `json:"descriptors"`
}

// ReadTree looks at a process and its descendants. Those that end meanwhile
// are left out.
func ReadTree(pid int) (Tree, error) {
	var t Tree
	for _, p := range append([]int{pid}, descendants(pid)...) {
		s, err := readStat(p)
		if err != nil {
			if p == pid {
				return t, err
			}
			continue
		}
		t.Processes++
		t.CPU += s.cpu
		t.MinorFaults += s.faults
		dir := filepath.Join("/proc", strconv.Itoa(p))
		if text, err := os.ReadFile(filepath.Join(dir, "smaps_rollup")); err == nil {
			if m, err := parseMemory(text); err == nil {
				t.Memory.PrivateDirty += m.PrivateDirty
				t.Memory.Proportional += m.Proportional
				t.Memory.Anonymous += m.Anonymous
			}
		}
		if text, err := os.ReadFile(filepath.Join(dir, "maps")); err == nil {
			t.Mappings += strings.Count(string(text), "\n")
		}
		if fds, err := os.ReadDir(filepath.Join(dir, "fd")); err == nil {
			t.Descriptors += len(fds)
		}
		if n, err := memoryFiles(filepath.Join(dir, "fd")); err == nil {
			t.Memory.MemoryFiles += n
		}
	}
	return t, nil
}

// stat is the part of /proc/PID/stat that is of interest.
type stat struct {
	parent int
	faults int64
	cpu    time.Duration
}

func readStat(pid int) (stat, error) {
	text, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "stat"))
	if err != nil {
		return stat{}, fmt.Errorf("proc: reading process %d: %w", pid, err)
	}
	return parseStat(string(text))
}

// parseStat reads the format of /proc/PID/stat. The second field is a name in
// parentheses with anything in it.
func parseStat(text string) (stat, error) {
	i := strings.LastIndexByte(text, ')')
	fields := strings.Fields(text[i+1:])
	if i < 0 || len(fields) < 15 {
		return stat{}, fmt.Errorf("proc: reading process: the line is %q", text)
	}
	var n [7]int64
	for i, at := range []int{1, 7, 8, 11, 12, 13, 14} { // ppid, minflt, cminflt, utime, stime, cutime, cstime
		v, err := strconv.ParseInt(fields[at], 10, 64)
		if err != nil {
			return stat{}, fmt.Errorf("proc: reading process: %w", err)
		}
		n[i] = v
	}
	return stat{parent: int(n[0]), faults: n[1] + n[2], cpu: time.Duration(n[3]+n[4]+n[5]+n[6]) * tick}, nil
}

// descendants returns the processes below one.
func descendants(pid int) []int {
	entries, err := os.ReadDir("/proc")
	if err != nil {
		return nil
	}
	children := map[int][]int{}
	for _, e := range entries {
		p, err := strconv.Atoi(e.Name())
		if err != nil {
			continue
		}
		if s, err := readStat(p); err == nil {
			children[s.parent] = append(children[s.parent], p)
		}
	}
	var all []int
	for next := children[pid]; len(next) > 0; {
		p := next[0]
		next = append(next[1:], children[p]...)
		all = append(all, p)
	}
	return all
}
