package journal

import (
	"math"
	"strconv"
	"time"

	"github.com/wafer-run/wafer/hostfns/logs"
	"github.com/wafer-run/wafer/runner/internal/front"
	"github.com/wafer-run/wafer/runner/internal/jsontext"
)

// appendRequest appends what became of a request as an [Entry], byte for byte as
// encoding/json writes it. There is one for every request, so it does without
// reflection and without memory of its own.
func appendRequest(b []byte, r *front.Record) []byte {
	b = append(b, `{"time":"`...)
	b = r.Time.UTC().AppendFormat(b, time.RFC3339Nano)
	b = append(b, `","type":"`+TypeRequest+`"`...)
	b = appendMember(b, "serviceName", r.Service)
	b = appendMember(b, "functionName", r.Function)
	b = appendMember(b, "qualifier", r.Qualifier)
	b = appendMember(b, "versionId", r.Version)
	b = appendMember(b, "requestId", r.RequestID)
	b = appendMember(b, "instanceId", r.Usage.InstanceID)
	b = appendMember(b, "method", r.Method)
	b = appendMember(b, "host", r.Host)
	b = appendMember(b, "path", r.Path)
	b = appendMember(b, "clientIp", r.ClientIP)
	b = appendInt(b, "status", int64(r.Status))
	b = appendMember(b, "errorType", cut(r.ErrorType))
	b = appendMember(b, "error", cut(r.Error))
	b = appendFloat(b, "durationMs", milliseconds(r.Duration))
	b = appendFloat(b, "invocationMs", milliseconds(r.Usage.Duration))
	b = appendFloat(b, "cpuMs", milliseconds(r.Usage.CPU))
	b = appendFloat(b, "maxMemoryMb", r.Usage.MaxMemoryMB())
	if r.Usage.ColdStart {
		b = append(b, `,"coldStart":true`...)
	}
	b = appendInt(b, "bytesIn", r.BytesIn)
	b = appendInt(b, "bytesOut", r.BytesOut)
	return append(b, "}\n"...)
}

// cut shortens what a function says of its errors to what a line of its log may
// have. A larger entry than a file may be would be lost with those beside it.
func cut(s string) string { return s[:min(len(s), logs.MaxLine)] }

func milliseconds(d time.Duration) float64 {
	return float64(d.Round(time.Microsecond)) / float64(time.Millisecond)
}

// appendName appends the name of a member that follows another.
func appendName(b []byte, name string) []byte {
	b = append(b, `,"`...)
	b = append(b, name...)
	return append(b, `":`...)
}

// appendMember appends a text, unless it is empty.
func appendMember(b []byte, name, value string) []byte {
	if value == "" {
		return b
	}
	return jsontext.AppendString(appendName(b, name), value)
}

// appendInt appends a number, unless it is 0.
func appendInt(b []byte, name string, value int64) []byte {
	if value == 0 {
		return b
	}
	return strconv.AppendInt(appendName(b, name), value, 10)
}

// appendFloat appends a number, unless it is 0. Very small and very large ones
// have an exponent, as in encoding/json.
func appendFloat(b []byte, name string, value float64) []byte {
	if value == 0 {
		return b
	}
	b = appendName(b, name)
	format := byte('f')
	if abs := math.Abs(value); abs < 1e-6 || abs >= 1e21 {
		format = 'e'
	}
	b = strconv.AppendFloat(b, value, format, -1, 64)
	if n := len(b); format == 'e' && b[n-4] == 'e' && b[n-3] == '-' && b[n-2] == '0' { // e-09 is written e-9
		b[n-2] = b[n-1]
		b = b[:n-1]
	}
	return b
}
