package proc

import (
	"fmt"
	"os"
	"runtime"
	"strings"

	"github.com/wafer-run/wafer/bench/internal/figure"
)

// Machine describes this machine, as far as it can be found out.
func Machine() figure.Machine {
	m := figure.Machine{CPUs: runtime.GOMAXPROCS(0), Go: runtime.Version()}
	if text, err := os.ReadFile("/proc/sys/kernel/osrelease"); err == nil {
		m.Kernel = strings.TrimSpace(string(text))
	}
	if text, err := os.ReadFile("/proc/cpuinfo"); err == nil {
		m.Model = model(string(text))
	}
	return m
}

// TotalMemory returns the memory of this machine in bytes, or 0 where that
// cannot be found out.
func TotalMemory() int64 {
	text, err := os.ReadFile("/proc/meminfo")
	if err != nil {
		return 0
	}
	var kb int64
	if _, err := fmt.Sscanf(string(text), "MemTotal: %d kB", &kb); err != nil {
		return 0
	}
	return kb << 10
}

// model finds the processor's name in the format of /proc/cpuinfo.
func model(text string) string {
	for line := range strings.Lines(text) {
		if name, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(name) == "model name" {
			return strings.TrimSpace(value)
		}
	}
	return ""
}
