package engine

import (
	"time"

	"golang.org/x/sys/unix"
)

// threadClock says that there is a threadCPU.
const threadClock = true

// threadCPU is how long the calling thread has run.
func threadCPU() time.Duration {
	var t unix.Timespec
	if unix.ClockGettime(unix.CLOCK_THREAD_CPUTIME_ID, &t) != nil {
		return 0
	}
	return time.Duration(t.Nano())
}
