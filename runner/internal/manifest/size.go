package manifest

import (
	"fmt"
	"strconv"
	"strings"
)

// maxSize is the largest size that a limit may have, in bytes. An invocation's
// body is in memory as a whole.
const maxSize = 512 << 20

// sizeUnits are what FC's pages write sizes in: 1 KB has 1024 bytes there.
var sizeUnits = []struct {
	name  string
	bytes int
}{
	{"KIB", 1 << 10}, {"KB", 1 << 10}, {"K", 1 << 10},
	{"MIB", 1 << 20}, {"MB", 1 << 20}, {"M", 1 << 20},
	{"B", 1},
}

// ParseSize reads a size as files and flags have it, and returns bytes: a whole
// number of them, or one of KB (1024) or MB (1024 KB).
//
// # Errors
//
// What is wanted instead, for after the word "want": s is no size, or not 1 byte
// to 512 MB.
func ParseSize(s string) (int, error) {
	number, unit := strings.ToUpper(strings.TrimSpace(s)), 1
	for _, u := range sizeUnits {
		if rest, ok := strings.CutSuffix(number, u.name); ok {
			number, unit = strings.TrimSpace(rest), u.bytes
			break
		}
	}
	n, err := strconv.Atoi(number)
	if err != nil || n < 1 || n > maxSize/unit {
		return 0, fmt.Errorf("bytes, or a size like 64KB or 8MB, 1 to %d bytes", maxSize)
	}
	return n * unit, nil
}

// sizeText is ParseSize as a rule.
func sizeText(s string) string {
	if _, err := ParseSize(s); err != nil {
		return err.Error()
	}
	return ""
}

// size returns a size in bytes, 0 where there is none.
func (n *node) size() int {
	if n == nil {
		return 0
	}
	if n.kind == text {
		bytes, err := ParseSize(n.text)
		if err != nil {
			return 0 // reported
		}
		return bytes
	}
	return int(n.num())
}
