package engine

import (
	"time"

	"golang.org/x/sys/unix"
)

// threadCPU is how long the calling thread has run, or 0 where that is not known.
func threadCPU() time.Duration {
	var t unix.Timespec
	if unix.ClockGettime(unix.CLOCK_THREAD_CPUTIME_ID, &t) != nil {
		return 0
	}
	return time.Duration(t.Nano())
}
