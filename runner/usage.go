package runner

import (
	"fmt"
	"time"
)

// Usage is what an invocation cost, as FC's execution summary shows it.
type Usage struct {
	Duration    time.Duration // from the start of the handler to its answer
	MemoryLimit int           // MB
	MaxMemory   uint64        // bytes of linear memory, at most
	Checksum    uint64        // CRC-64 (ECMA) of the function's code
	CPU         time.Duration // time the guest was running
	Ticks       int64         // work in the meter's unit, the same for the same input
	ColdStart   bool          // the instance was made for this invocation
	InstanceID  string
}

// BilledMS is the duration in whole milliseconds, rounded up, at least 1.
func (u Usage) BilledMS() int64 {
	return max(int64((u.Duration+time.Millisecond-1)/time.Millisecond), 1)
}

// MaxMemoryMB is the memory used in MB, as FC prints it.
func (u Usage) MaxMemoryMB() float64 { return float64(u.MaxMemory) / (1 << 20) }

// Summary is the line that ends a log tail on FC.
func (u Usage) Summary() string {
	return fmt.Sprintf("Duration: %.2f ms, Billed Duration: %d ms, Memory Size: %d MB, Max Memory Used: %.2f MB",
		float64(u.Duration)/1e6, u.BilledMS(), u.MemoryLimit, u.MaxMemoryMB())
}
