package runner

import "time"

// Event is one invocation's input.
type Event struct {
	// Payload is the event as the function gets it. It is not copied: leave
	// it alone until Invoke returns.
	Payload []byte
	// RequestID names the invocation. Empty makes a new one in the format of
	// FC 3.0.
	RequestID string
	// RetryCount is how often this event was tried before.
	RetryCount int
	// Credentials replaces the function's own, when not zero.
	Credentials Credentials
	// Tracing is passed on to the function.
	Tracing Tracing
	// WithLog asks for the tail of the log in the result.
	WithLog bool
	// Deadline ends the invocation before the function's timeout does. Zero
	// means the timeout alone.
	Deadline time.Time
}

// Tracing is the tracing part of the invocation context.
type Tracing struct {
	SpanContext    string
	SpanBaggages   map[string]string
	JaegerEndpoint string
}

// Result is what an invocation came to.
type Result struct {
	RequestID string
	// Payload is the function's answer to an event; nil for HTTP, where the
	// answer was written as it came.
	Payload []byte
	// Log is the last 4 KiB of the invocation's log, if asked for.
	Log   []byte
	Usage Usage
}
