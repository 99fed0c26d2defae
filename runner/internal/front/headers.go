package front

import (
	"strings"

	"github.com/wafer-run/wafer/runner"
)

// Headers of FC's request and response model.
const (
	hRequestID     = "X-Fc-Request-Id"
	hErrorType     = "X-Fc-Error-Type"
	hDuration      = "X-Fc-Invocation-Duration"
	hMaxMemory     = "X-Fc-Max-Memory-Usage"
	hChecksum      = "X-Fc-Code-Checksum"
	hInstanceID    = "X-Fc-Instance-Id"
	hVersion       = "X-Fc-Invocation-Service-Version"
	hLogResult     = "X-Fc-Log-Result"
	hLogType       = "X-Fc-Log-Type"
	hType          = "X-Fc-Invocation-Type"
	hBasePath      = "X-Fc-Base-Path"
	hTarget        = "X-Fc-Invocation-Target"
	hSpanContext   = "X-Fc-Tracing-Opentracing-Span-Context"
	hSpanBaggage   = hSpanContext + "-Baggage-" // followed by the key
	hExpose        = "Access-Control-Expose-Headers"
	hAllowOrigin   = "Access-Control-Allow-Origin"
	hCredentials   = "Access-Control-Allow-Credentials"
	hContentType   = "Content-Type"
	hHost          = "Host"
	hOrigin        = "Origin"
	hDisposition   = "Content-Disposition"
	hRetryAfter    = "Retry-After"
	reservedPrefix = "X-Fc-"
)

// exposed is what scripts of other origins may read of an answer.
const exposed = "Date,x-fc-request-id,x-fc-error-type,x-fc-code-checksum,x-fc-invocation-duration," +
	"x-fc-max-memory-usage,x-fc-log-result,x-fc-invocation-code-version,x-fc-instance-id"

// Values of X-Fc-Error-Type.
const (
	typeUnhandled = "UnhandledInvocationError" // the function failed
	typeCommon    = "FcCommonError"            // the request or wafer did
)

// Headers that belong to FC or to the connection, and so end here in either
// direction. FC's first lists (2022) also had Accept-Encoding in requests and
// Content-Encoding in responses; today's do not, and a body whose encoding is
// taken off its headers is unreadable.

// reservedIn reports whether a client's header does not reach the function.
func reservedIn(key []byte) bool {
	switch string(key) {
	case "Connection", "Keep-Alive", "Proxy-Connection", "Proxy-Authorization", "Te", "Trailer", "Transfer-Encoding",
		"Upgrade", "Expect":
		return true
	}
	// fasthttp leaves the case of a malformed key as it is.
	return len(key) >= len(reservedPrefix) && strings.EqualFold(string(key[:len(reservedPrefix)]), reservedPrefix)
}

// reservedOut reports whether a function's header does not reach the client. key
// is canonical.
func reservedOut(gen Generation, key, value string) bool {
	switch key {
	case "Connection", "Content-Length", "Date", "Keep-Alive", "Proxy-Connection", "Proxy-Authenticate", "Server",
		"Trailer", "Transfer-Encoding", "Upgrade":
		return true
	case hDisposition:
		return gen == FC3 && isAttachment(value)
	}
	return strings.HasPrefix(key, reservedPrefix)
}

// attachment is what makes browsers download an answer.
const attachment = "attachment"

func isAttachment(disposition string) bool {
	return strings.EqualFold(strings.TrimSpace(disposition), attachment)
}

// headerSize is what FC counts of headers: keys and values.
func headerSize(headers []runner.Header) int {
	n := 0
	for _, h := range headers {
		n += len(h.Key) + len(h.Value)
	}
	return n
}
