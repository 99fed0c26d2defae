package journal

import (
	"bytes"

	"github.com/wafer-run/wafer/hostfns/logs"
	"github.com/wafer-run/wafer/runner/internal/jsontext"
)

const timeLayout = "2006-01-02T15:04:05.000000Z"

// appendLine appends a log line as an [Entry]. Functions may write very many of
// them, so it does without reflection.
func appendLine(b []byte, l *logs.Line) []byte {
	b = append(b, `{"time":"`...)
	b = l.Time.UTC().AppendFormat(b, timeLayout)
	b = append(b, `","type":"`+TypeLog+`"`...)
	b = appendMember(b, "serviceName", l.Service)
	b = appendMember(b, "functionName", l.Function)
	b = appendMember(b, "qualifier", l.Qualifier)
	b = appendMember(b, "versionId", l.Version)
	b = appendMember(b, "requestId", l.RequestID)
	b = appendMember(b, "instanceId", l.InstanceID)
	b = appendMember(b, "stream", l.Stream.String())
	text := l.Text
	if len(text) > logs.MaxLine {
		text = text[:logs.MaxLine]
	}
	if l.Stream == logs.Records {
		b = appendMember(b, "level", string(levelOf(text)))
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

// appendString appends a JSON string. Most lines have nothing to escape, and HTML
// in them stays readable.
func appendString[S string | []byte](b []byte, s S) []byte {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c > '~' || c == '"' || c == '\\' {
			return jsontext.AppendString(b, s)
		}
	}
	b = append(b, '"')
	b = append(b, s...)
	return append(b, '"')
}
