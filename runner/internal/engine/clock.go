package engine

import (
	"time"

	"github.com/wafer-run/wafer/runner/internal/snapshot"
)

// monotonic is the guest's monotonic clock in nanoseconds.
func (in *Instance) monotonic() int64 { return int64(time.Since(in.engine.epoch)) + in.offset }

// walltime is the guest's wall clock.
func (in *Instance) walltime() (sec int64, nsec int32) {
	ns := max(time.Now().UnixNano(), in.floor)
	return ns / 1e9, int32(ns % 1e9)
}

// Ahead is how far the guest's wall clock is ahead of the host's, which was set
// back since the snapshot was taken that the instance started from. What the
// guest is told of times of the host has to be as far ahead.
func (in *Instance) Ahead() time.Duration {
	if in.floor == 0 {
		return 0
	}
	return time.Duration(max(in.floor-time.Now().UnixNano(), 0))
}

// startClocks lets the clocks go on from c.
func (in *Instance) startClocks(c snapshot.Clocks) {
	in.floor = c.Wall
	if behind := c.Monotonic - in.monotonic(); behind > 0 {
		in.offset += behind
	}
}

// clocks reads both clocks, for a snapshot.
func (in *Instance) clocks() snapshot.Clocks {
	sec, nsec := in.walltime()
	return snapshot.Clocks{Monotonic: in.monotonic(), Wall: sec*1e9 + int64(nsec)}
}
