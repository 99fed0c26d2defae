package journal

import "time"

// Types of entries.
const (
	TypeLog     = "log"     // a line of a function's log
	TypeRequest = "request" // what became of a request
	TypeDropped = "dropped" // Dropped entries are missing here
)

// Entry is one line of a journal. Which fields are there depends on Type; those
// that are empty are left out.
type Entry struct {
	Time       time.Time `json:"time"`
	Type       string    `json:"type"`
	Service    string    `json:"serviceName,omitempty"`
	Function   string    `json:"functionName,omitempty"`
	Qualifier  string    `json:"qualifier,omitempty"`
	Version    string    `json:"versionId,omitempty"`
	RequestID  string    `json:"requestId,omitempty"`
	InstanceID string    `json:"instanceId,omitempty"`

	// Of a log line: where it came from, see [logs.Stream], its level where it
	// has one, and its text, of which invalid UTF-8 is replaced.
	Stream  string `json:"stream,omitempty"`
	Level   string `json:"level,omitempty"`
	Message string `json:"message,omitempty"`

	// Of a request. Status is 499 where the client left before the end.
	Method    string `json:"method,omitempty"`
	Host      string `json:"host,omitempty"`
	Path      string `json:"path,omitempty"`
	ClientIP  string `json:"clientIp,omitempty"`
	Status    int    `json:"status,omitempty"`
	ErrorType string `json:"errorType,omitempty"`
	Error     string `json:"error,omitempty"`
	// DurationMS is from the request's head to its answer, InvocationMS what the
	// function took of it, CPUMS how long it was running.
	DurationMS   float64 `json:"durationMs,omitempty"`
	InvocationMS float64 `json:"invocationMs,omitempty"`
	CPUMS        float64 `json:"cpuMs,omitempty"`
	MaxMemoryMB  float64 `json:"maxMemoryMb,omitempty"`
	ColdStart    bool    `json:"coldStart,omitempty"`
	BytesIn      int64   `json:"bytesIn,omitempty"`
	BytesOut     int64   `json:"bytesOut,omitempty"`

	// Dropped is how many entries the journal could not take.
	Dropped int64 `json:"dropped,omitempty"`
}
