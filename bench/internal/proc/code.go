package proc

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"strconv"
)

// ReadCode returns where a process has compiled code of functions mapped into its
// memory: the addresses of executable mappings of files that are named *.code.
func ReadCode(pid int) (map[uint64]bool, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/maps", pid))
	if err != nil {
		return nil, fmt.Errorf("proc: reading mappings: %w", err)
	}
	return parseCode(text)
}

// parseCode reads lines of /proc/PID/maps:
//
//	start-end perms offset device inode path
func parseCode(text []byte) (map[uint64]bool, error) {
	code := map[uint64]bool{}
	lines := bufio.NewScanner(bytes.NewReader(text))
	for lines.Scan() {
		line := lines.Bytes()
		fields := bytes.Fields(line)
		if len(fields) < 6 || !bytes.Contains(fields[1], []byte("x")) || !bytes.HasSuffix(line, []byte(".code")) {
			continue
		}
		start, _, _ := bytes.Cut(fields[0], []byte("-"))
		at, err := strconv.ParseUint(string(start), 16, 64)
		if err != nil {
			return nil, fmt.Errorf("proc: reading mappings: %q: %w", line, err)
		}
		code[at] = true
	}
	return code, lines.Err()
}
