package manifest

import "time"

// Process says how the program of a custom runtime is started and watched.
type Process struct {
	Command []string // empty: the bootstrap of the code
	Args    []string
	Port    int // DefaultPort where the file has none
	Health  *Health
}

// Health is the health check of a custom runtime.
type Health struct {
	Path                           string // of a GET request
	InitialDelay, Period, Timeout  time.Duration
	FailuresAllowed, SuccessesWant int
}
