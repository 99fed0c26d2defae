//go:build !linux

package engine

import "time"

const threadClock = false

func threadCPU() time.Duration { return 0 }
