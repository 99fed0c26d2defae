package runner

import "github.com/wafer-run/wafer/abi"

// Header is one header line. A header with several values has several lines.
type Header = abi.Pair

// HTTPRequest is one HTTP request for a function. Nothing in it is copied:
// leave it alone until InvokeHTTP returns.
type HTTPRequest struct {
	Event           // Payload is the body
	Method   string // for example GET
	URI      string // path and query as the client sent them
	Path     string // decoded path
	Host     string
	ClientIP string   // without a port
	Protocol string   // for example HTTP/1.1
	Headers  []Header // canonical keys, in order
}

// HTTPWriter takes an HTTP answer. Its methods are called on the goroutine of
// InvokeHTTP; an error from either means that the client is gone.
type HTTPWriter interface {
	// WriteHead gets status and headers, exactly once, before any Write and
	// also when the body is empty. size is the length of the whole body in
	// bytes, or -1 when the function streams it. It must not keep headers.
	WriteHead(status int, headers []Header, size int64) error
	// Write gets a piece of the body as the function wrote it. It must not
	// keep b. Streaming functions expect it to go out at once.
	Write(b []byte) (int, error)
}
