package fccontext

import (
	"fmt"
	"os"
	"runtime"
	"time"

	"github.com/wafer-run/wafer/guest/internal/logline"
)

// FcLogger writes log lines that carry a request id, a level and the caller's
// file and line:
//
//	2026-11-22T05:30:52.734Z req-11 [INFO] main.go:21: hi 1 x
//
// There is no level filter. Each line is one write to os.Stdout.
//
// # Concurrency
//
// Safe for concurrent use.
type FcLogger struct{ requestID string }

// NewFcLogger returns a logger for the given request.
func NewFcLogger(requestID string) *FcLogger { return &FcLogger{requestID: requestID} }

// Debug logs its arguments, joined as by fmt.Sprintln.
func (l *FcLogger) Debug(v ...interface{}) { l.write("DEBUG", fmt.Sprintln(v...)) }

// Debugf logs a formatted message. A missing line end is added.
func (l *FcLogger) Debugf(format string, v ...interface{}) {
	l.write("DEBUG", fmt.Sprintf(format, v...))
}

// Info logs its arguments, joined as by fmt.Sprintln.
func (l *FcLogger) Info(v ...interface{}) { l.write("INFO", fmt.Sprintln(v...)) }

// Infof logs a formatted message. A missing line end is added.
func (l *FcLogger) Infof(format string, v ...interface{}) {
	l.write("INFO", fmt.Sprintf(format, v...))
}

// Warn logs its arguments, joined as by fmt.Sprintln.
func (l *FcLogger) Warn(v ...interface{}) { l.write("WARN", fmt.Sprintln(v...)) }

// Warnf logs a formatted message. A missing line end is added.
func (l *FcLogger) Warnf(format string, v ...interface{}) {
	l.write("WARN", fmt.Sprintf(format, v...))
}

// Error logs its arguments, joined as by fmt.Sprintln.
func (l *FcLogger) Error(v ...interface{}) { l.write("ERROR", fmt.Sprintln(v...)) }

// Errorf logs a formatted message. A missing line end is added.
func (l *FcLogger) Errorf(format string, v ...interface{}) {
	l.write("ERROR", fmt.Sprintf(format, v...))
}

// write emits one line. It must be called directly by an exported method: the
// position it reports is that of the method's caller.
func (l *FcLogger) write(level, message string) {
	_, file, line, ok := runtime.Caller(2)
	if !ok {
		file, line = "???", 0
	}
	// Looked up each time, because programs replace os.Stdout.
	_, _ = os.Stdout.Write(logline.Append(nil, time.Now(), l.requestID, level, file, line, message))
}
