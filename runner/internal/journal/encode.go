package journal

import (
	"bytes"
	"encoding/json"
	"time"

	"github.com/wafer-run/wafer/hostfns/logs"
	"github.com/wafer-run/wafer/runner/internal/front"
)

const timeLayout = "2006-01-02T15:04:05.000000Z"

// appendLine appends a log line as an [Entry]. Functions may write very many of
// them, so it does without reflection.
func appendLine(b []byte, l *logs.Line) []byte {
	b = append(b, `{"time":"`...)
	b = l.Time.UTC().AppendFormat(b, timeLayout)
	b = append(b, `","type":"`+TypeLog+`"`...)
	b = appendField(b, "serviceName", l.Service)
	b = appendField(b, "functionName", l.Function)
	b = appendField(b, "qualifier", l.Qualifier)
	b = appendField(b, "versionId", l.Version)
	b = appendField(b, "requestId", l.RequestID)
	b = appendField(b, "instanceId", l.InstanceID)
	b = appendField(b, "stream", l.Stream.String())
	text := l.Text
	if len(text) > logs.MaxLine {
		text = text[:logs.MaxLine]
	}
	if l.Stream == logs.Records {
		b = appendField(b, "level", string(levelOf(text)))
	}
	b = append(b, `,"message":`...)
	b = appendString(b, text)
	return append(b, "}\n"...)
}

// levelOf finds the level in a line of FC's format: time, request id, [LEVEL].
func levelOf(text []byte) []byte {
	_, rest, ok := bytes.Cut(text, []byte(" ["))
	level, _, closed := bytes.Cut(rest, []byte{']'})
	if !ok || !closed {
		return nil
	}
	return level
}

// appendField appends a member that follows another, unless it is empty.
func appendField(b []byte, name, value string) []byte {
	if value == "" {
		return b
	}
	b = append(b, `,"`...)
	b = append(b, name...)
	b = append(b, `":`...)
	return appendString(b, value)
}

// appendString appends a JSON string.
func appendString[S string | []byte](b []byte, s S) []byte {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c > '~' || c == '"' || c == '\\' {
			quoted, err := json.Marshal(string(s))
			if err != nil { // strings always marshal
				return append(b, `""`...)
			}
			return append(b, quoted...)
		}
	}
	b = append(b, '"')
	b = append(b, s...)
	return append(b, '"')
}

// entryOf makes the entry of a request.
func entryOf(r *front.Record) Entry {
	return Entry{
		Time: r.Time.UTC(), Type: TypeRequest,
		Service: r.Service, Function: r.Function, Qualifier: r.Qualifier, Version: r.Version,
		RequestID: r.RequestID, InstanceID: r.Usage.InstanceID,
		Method: r.Method, Host: r.Host, Path: r.Path, ClientIP: r.ClientIP,
		Status: r.Status, ErrorType: r.ErrorType, Error: r.Error,
		DurationMS: milliseconds(r.Duration), InvocationMS: milliseconds(r.Usage.Duration), CPUMS: milliseconds(r.Usage.CPU),
		MaxMemoryMB: r.Usage.MaxMemoryMB(), ColdStart: r.Usage.ColdStart,
		BytesIn: r.BytesIn, BytesOut: r.BytesOut,
	}
}

func milliseconds(d time.Duration) float64 {
	return float64(d.Round(time.Microsecond)) / float64(time.Millisecond)
}
