//go:build linux && !wafer_portable

package code

import (
	"bufio"
	"errors"
	"io"
	"strings"
)

// cpuFeatures returns the line of /proc/cpuinfo that lists what the first
// processor can do. Machine code must not be used where it differs.
func cpuFeatures(cpuinfo io.Reader) (string, error) {
	lines := bufio.NewScanner(cpuinfo)
	for lines.Scan() {
		name, value, ok := strings.Cut(lines.Text(), ":")
		switch strings.TrimSpace(name) {
		case "flags", "Features":
			if value = strings.TrimSpace(value); ok && value != "" {
				return value, nil
			}
		}
	}
	if err := lines.Err(); err != nil {
		return "", err
	}
	return "", errors.New("no list of processor features")
}
