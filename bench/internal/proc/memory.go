package proc

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// Memory is what this process holds, in bytes.
//
// The resident set size would count pages that all instances share once per
// instance; and no figure of the kernel's for a process counts the pages of a
// memory file that is not mapped. See [Memory.Held].
type Memory struct {
	PrivateDirty int64 `json:"privateDirty"`
	Proportional int64 `json:"proportional"` // PSS
	Anonymous    int64 `json:"anonymous"`    // heap, stacks and pages copied on write
	MemoryFiles  int64 `json:"memoryFiles"`  // of open memory files (memfd), mapped or not
}

// Held is the memory that goes away with the process and that the kernel
// cannot drop before: without swap there is nowhere to keep it. Where memory
// files are mapped private dirty memory counts them, too; Held always does,
// and once.
func (m Memory) Held() int64 { return m.Anonymous + m.MemoryFiles }

// ReadMemory returns the memory of this process. It waits until the system has
// written all files: pages of files that are not on disk yet count as dirty.
func ReadMemory() (Memory, error) {
	syscall.Sync()
	text, err := os.ReadFile("/proc/self/smaps_rollup")
	if err != nil {
		return Memory{}, fmt.Errorf("proc: reading memory: %w", err)
	}
	m, err := parseMemory(text)
	if err != nil {
		return Memory{}, err
	}
	m.MemoryFiles, err = memoryFiles("/proc/self/fd")
	return m, err
}

// parseMemory reads the format of /proc/PID/smaps_rollup.
func parseMemory(text []byte) (Memory, error) {
	var m Memory
	fields := map[string]*int64{"Private_Dirty": &m.PrivateDirty, "Pss": &m.Proportional, "Anonymous": &m.Anonymous}
	lines := bufio.NewScanner(bytes.NewReader(text))
	for lines.Scan() {
		name, rest, _ := strings.Cut(lines.Text(), ":")
		field := fields[name]
		if field == nil {
			continue
		}
		kb, err := strconv.ParseInt(strings.TrimSpace(strings.TrimSuffix(rest, "kB")), 10, 64)
		if err != nil {
			return Memory{}, fmt.Errorf("proc: reading memory: %q: %w", lines.Text(), err)
		}
		*field = kb << 10
		delete(fields, name)
	}
	for name := range fields {
		return Memory{}, fmt.Errorf("proc: reading memory: there is no %s", name)
	}
	return m, nil
}

// memoryFiles adds up the memory files among the descriptors in dir.
func memoryFiles(dir string) (int64, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return 0, fmt.Errorf("proc: reading memory files: %w", err)
	}
	var sum int64
	for _, e := range entries {
		path := filepath.Join(dir, e.Name())
		if target, err := os.Readlink(path); err != nil || !strings.HasPrefix(target, "/memfd:") {
			continue // closed meanwhile, or something else
		}
		info, err := os.Stat(path)
		if err != nil {
			continue
		}
		if st, ok := info.Sys().(*syscall.Stat_t); ok {
			sum += st.Blocks * 512
		}
	}
	return sum, nil
}
