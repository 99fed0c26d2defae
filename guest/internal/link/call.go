package link

import "github.com/wafer-run/wafer/abi"

// copyBody is the largest body, in bytes, that TakeBody copies. Beyond it,
// giving the request buffer away is cheaper.
const copyBody = 4 << 10

// Call is one call of the host. It is valid until Handle returns.
type Call struct {
	Kind abi.Kind
	// Request is the decoded request. Its strings may be kept; Body and the
	// slices are reused for the next call.
	Request abi.Request

	out   responses
	guest *Guest // whose buffer Body lies in, or nil when Body is the call's own
}

// responses takes the pieces of an answer. A [Host] is one.
type responses interface {
	ResponseWrite(part abi.Part, p []byte) abi.Errno
}

// Write hands the host one piece of the answer. The bytes are copied.
func (c *Call) Write(part abi.Part, p []byte) abi.Errno {
	return c.out.ResponseWrite(part, p)
}

// Fail hands the host an error and returns the status that goes with it.
func (c *Call) Fail(e *abi.Error) abi.Status {
	c.Write(abi.PartError, e.AppendTo(nil))
	return abi.StatusError
}

// TakeBody returns the request's body for keeping: nothing will write to it
// after the call.
func (c *Call) TakeBody() []byte {
	body := c.Request.Body
	if c.guest == nil {
		return body
	}
	if len(body) > copyBody {
		c.guest.frame = nil
		return body
	}
	return append(make([]byte, 0, len(body)), body...)
}
