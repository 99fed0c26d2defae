package front

import (
	"errors"
	"fmt"
)

// Limits are the sizes FC allows, in bytes. A zero field means the limit of the
// next outer scope: a function's the server's, the server's the generation's.
type Limits struct {
	// Path is of a request's path and query, as sent.
	Path int
	// RequestHeader is of a request's headers: keys and values together.
	RequestHeader int
	// Body is of the payload of a synchronous invocation or the body of a
	// request to an HTTP trigger.
	Body int
	// ResponseHeader is of the headers a function answers with: keys and values
	// together, before FC's own are added.
	ResponseHeader int
}

// presets are FC's limits: those of 2.0 as of 2022, those of 3.0 as of today.
// That of asynchronous payloads (128 KiB) is left out: there is no asynchronous
// invocation that it would be the limit of.
var presets = [...]Limits{
	FC2: {Path: 4 << 10, RequestHeader: 4 << 10, Body: 6 << 20, ResponseHeader: 4 << 10},
	FC3: {Path: 4 << 10, RequestHeader: 8 << 10, Body: 32 << 20, ResponseHeader: 8 << 10},
}

// Limits returns what FC allows in the generation.
func (g Generation) Limits() Limits { return presets[g] }

// fields lists the limits with their names.
func (l *Limits) fields() [4]struct {
	Name  string
	Bytes *int
} {
	return [...]struct {
		Name  string
		Bytes *int
	}{
		{"Path", &l.Path},
		{"RequestHeader", &l.RequestHeader},
		{"Body", &l.Body},
		{"ResponseHeader", &l.ResponseHeader},
	}
}

// With returns l with the fields of inner that are set.
func (l Limits) With(inner *Limits) Limits {
	if inner == nil {
		return l
	}
	for _, f := range []struct {
		outer *int
		inner int
	}{
		{&l.Path, inner.Path},
		{&l.RequestHeader, inner.RequestHeader},
		{&l.Body, inner.Body},
		{&l.ResponseHeader, inner.ResponseHeader},
	} {
		if f.inner != 0 {
			*f.outer = f.inner
		}
	}
	return l
}

// Validate reports every limit that is negative, joined.
func (l Limits) Validate() error {
	var errs []error
	for _, f := range l.fields() {
		if *f.Bytes < 0 {
			errs = append(errs, fmt.Errorf("front: limits: %s is %d bytes, want 0 (not set here) or more", f.Name, *f.Bytes))
		}
	}
	return errors.Join(errs...)
}

// maxHead is the largest request line and headers that are read at all, in
// bytes. No function's limits reach beyond it.
func (c *Config) maxHead() int {
	l := presets[FC3].With(&c.Limits)
	return max(l.Path+l.RequestHeader+headRoom, 16<<10)
}

// Limits of the front itself, in bytes.
const (
	// headRoom is what a request line and headers may have beyond what the
	// limits count: method, protocol, separators.
	headRoom = 4 << 10
	// smallBody is how large a request body is held without asking whether
	// there is memory for it.
	smallBody = 64 << 10
	// maxDrain is how much of a body that nobody wants is read, so that the
	// connection can be used again.
	maxDrain = 256 << 10
	// maxBuffered is the largest answer of known size that is collected before
	// it is sent; larger ones go out as the function writes them.
	maxBuffered = 256 << 10
	// maxUnstreamed is the largest streamed answer to a client that does not
	// know chunked bodies.
	maxUnstreamed = 32 << 20
	// maxLogResult is how much of the log goes into a header, before base64.
	maxLogResult = 4 << 10
)
