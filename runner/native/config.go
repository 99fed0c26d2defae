package native

import "github.com/wafer-run/wafer/hostfns/logs"

// Config configures a [Runtime]. Zero fields mean the defaults.
type Config struct {
	// LogSink gets every line of every function's log. nil, the default, keeps
	// only the tail of each request for [runner.Result].
	LogSink logs.Sink
	// Taken are ports of the host that no server may have, with who has them, for
	// the error of one that wants to.
	Taken map[int]string
}
