package proc

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
)

// ReadHeld returns what a process and its descendants hold, in bytes, as
// [Memory.Held] of [ReadTree] does, but for some pages that each processor counts
// by itself. It is cheap: it does not look at each mapping.
func ReadHeld(pid int) (int64, error) {
	var sum int64
	for _, p := range append([]int{pid}, descendants(pid)...) {
		dir := filepath.Join("/proc", strconv.Itoa(p))
		text, err := os.ReadFile(filepath.Join(dir, "status"))
		if err == nil {
			var n int64
			n, err = parseAnonymous(text)
			sum += n
		}
		if err != nil && p == pid {
			return 0, fmt.Errorf("proc: reading memory: %w", err)
		}
		if n, err := memoryFiles(filepath.Join(dir, "fd")); err == nil {
			sum += n
		}
	}
	return sum, nil
}

// parseAnonymous reads /proc/PID/status, which has no memory of a process that
// is ending.
func parseAnonymous(text []byte) (int64, error) {
	_, rest, ok := bytes.Cut(text, []byte("\nRssAnon:"))
	if !ok {
		return 0, nil
	}
	line, _, _ := bytes.Cut(rest, []byte("\n"))
	kb, err := strconv.ParseInt(string(bytes.TrimSpace(bytes.TrimSuffix(line, []byte("kB")))), 10, 64)
	if err != nil {
		return 0, fmt.Errorf("proc: reading anonymous memory: %w", err)
	}
	return kb << 10, nil
}
