// Package logline lays out the log lines of FC.
package logline

import (
	"strconv"
	"strings"
	"time"
)

// timeLayout drops trailing zeros of the fraction, and the dot with them, as
// the FC Go SDK does.
const timeLayout = "2006-01-02T15:04:05.999Z"

// Append appends one log line to b. Only the last element of file is shown. A
// message without a line end gets one.
func Append(b []byte, now time.Time, requestID, level, file string, line int, message string) []byte {
	b = now.UTC().AppendFormat(b, timeLayout)
	b = append(b, ' ')
	b = append(b, requestID...)
	b = append(b, " ["...)
	b = append(b, level...)
	b = append(b, "] "...)
	b = append(b, file[strings.LastIndexByte(file, '/')+1:]...)
	b = append(b, ':')
	b = strconv.AppendInt(b, int64(line), 10)
	b = append(b, ": "...)
	b = append(b, message...)
	if !strings.HasSuffix(message, "\n") {
		b = append(b, '\n')
	}
	return b
}
