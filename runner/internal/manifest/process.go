package manifest

import "time"

// Process says how the program of a custom runtime is started and watched.
type Process struct {
	Command []string // empty: the bootstrap of the code
	Args    []string
	Port    int // DefaultPort where the file has none
	Health  *Health

	// Written says which of Command, Args and Health the file has. It does not
	// change what the function does.
	Written []Written `json:"-"`
}

// Written is a field that the file has.
type Written struct {
	Field string // from props on, as in customRuntimeConfig.command
	Pos   Pos    // of the name
}

// written finds the fields of a customRuntimeConfig, which is in prefix of the
// props, that only a program has. The port is a WebAssembly server's as well.
func written(custom *node, prefix string) (all []Written) {
	if custom == nil {
		return nil
	}
	for _, f := range custom.fields {
		switch f.key {
		case "command", "args", "healthCheckConfig":
			if f.value.kind != null {
				all = append(all, Written{Field: prefix + "customRuntimeConfig." + f.key, Pos: f.pos})
			}
		}
	}
	return all
}

// Health is the health check of a custom runtime.
type Health struct {
	Path                           string // of a GET request
	InitialDelay, Period, Timeout  time.Duration
	FailuresAllowed, SuccessesWant int
}
