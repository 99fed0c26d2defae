package fc

import (
	"runtime"
	"strconv"

	"github.com/wafer-run/wafer/abi"
	"github.com/wafer-run/wafer/guest/fc/messages"
	"github.com/wafer-run/wafer/guest/fccontext"
	"github.com/wafer-run/wafer/guest/internal/link"
)

// sdk is the name and version that the host gets to know.
const sdk = "wafer-fc-go/0.1.0"

// dispatcher serves the calls of the ABI with a Function.
type dispatcher struct{ fn *Function }

// Handle implements [link.Handler].
func (d dispatcher) Handle(c *link.Call) abi.Status {
	switch c.Kind {
	case abi.KindBoot:
		return d.boot(c)
	case abi.KindInvoke:
		return d.invoke(c, d.fn, typeHandler)
	case abi.KindHTTP:
		binder, ok := d.fn.server.(interface{ bind(c *link.Call) server })
		if !ok {
			return abi.StatusUnsupported
		}
		bound := *d.fn
		bound.server = binder.bind(c)
		return d.invoke(c, &bound, typeHandler)
	case abi.KindInitialize:
		return d.invoke(c, d.fn, typeInitializer)
	case abi.KindPreFreeze:
		return d.invoke(c, d.fn, typePreFreeze)
	case abi.KindPreStop:
		return d.invoke(c, d.fn, typePreStop)
	case abi.KindSettle:
		warm(d.fn)
		return abi.StatusOK
	default:
		return abi.StatusUnsupported
	}
}

// boot tells the host what the function is.
func (d dispatcher) boot(c *link.Call) abi.Status {
	info := abi.BootInfo{Peer: sdk + " " + runtime.Version(), Minor: abi.Minor, Handles: abi.HandlesEvent}
	if _, ok := d.fn.server.(interface{ bind(c *link.Call) server }); ok {
		info.Handles = abi.HandlesHTTP
	}
	if d.fn.initializer != nil {
		info.Hooks |= abi.HookInitialize
	}
	if d.fn.preFreeze != nil {
		info.Hooks |= abi.HookPreFreeze
	}
	if d.fn.preStop != nil {
		info.Hooks |= abi.HookPreStop
	}
	c.Write(abi.PartBoot, info.AppendTo(nil))
	return abi.StatusOK
}

// invoke runs one part of fn and sends what came of it.
func (d dispatcher) invoke(c *link.Call, fn *Function, funcType functionType) abi.Status {
	baggage := d.fn.baggage
	if d.fn.baggage = nil; baggage == nil {
		baggage = make(map[string]string, len(c.Request.SpanBaggages))
	}
	in := newInvocation(&c.Request, baggage)
	in.req.Payload = c.Request.Body
	if fn.server.keepsPayload() {
		in.req.Payload = c.TakeBody()
	}
	_ = fn.Invoke(&in.req, &in.resp, funcType) // reports in resp
	if in.resp.Error != nil {
		return c.Fail(errorFrame(in.resp.Error))
	}
	if len(in.resp.Payload) > 0 {
		c.Write(abi.PartPayload, in.resp.Payload)
	}
	return abi.StatusOK
}

// invocation is one request with its response, in one allocation. It is not
// reused: the handler may keep the FcContext in it.
type invocation struct {
	req  messages.InvokeRequest
	resp messages.InvokeResponse
}

// newInvocation converts a request frame, the body aside. The baggage goes into
// a map that is empty.
func newInvocation(q *abi.Request, baggage map[string]string) *invocation {
	in := &invocation{}
	in.req.RequestId = q.RequestID
	if q.Deadline != 0 {
		in.req.Deadline = messages.InvokeRequest_Timestamp{
			Seconds: q.Deadline / 1000,
			Nanos:   q.Deadline % 1000 * 1e6,
		}
	}
	c := &in.req.Context
	c.RequestID = q.RequestID
	c.Credentials = fccontext.Credentials{
		AccessKeyId:     q.AccessKeyID,
		AccessKeySecret: q.AccessKeySecret,
		SecurityToken:   q.SecurityToken,
	}
	c.Function.Name = q.FunctionName
	c.Function.Handler = q.FunctionHandler
	if q.Memory != 0 {
		c.Function.Memory = strconv.FormatUint(uint64(q.Memory), 10)
	}
	c.Function.Timeout = (int(q.Timeout) + 999) / 1000
	c.Service = fccontext.Service{
		Name:       q.ServiceName,
		LogProject: q.LogProject,
		LogStore:   q.LogStore,
		Qualifier:  q.Qualifier,
		VersionId:  q.VersionID,
	}
	c.Region = q.Region
	c.AccountId = q.AccountID
	c.RetryCount = int(q.RetryCount)
	c.Tracing.OpenTracingSpanContext = q.SpanContext
	c.Tracing.JaegerEndpoint = q.JaegerEndpoint
	for _, p := range q.SpanBaggages {
		baggage[p.Key] = p.Value
	}
	c.Tracing.OpenTracingSpanBaggages = baggage
	return in
}

// errorFrame converts an error for the host.
func errorFrame(e *messages.InvokeResponse_Error) *abi.Error {
	frame := &abi.Error{Message: e.Message, Type: e.Type}
	for _, f := range e.StackTrace {
		if f != nil {
			frame.Stack = append(frame.Stack, abi.StackFrame{Path: f.Path, Line: uint32(f.Line), Label: f.Label})
		}
	}
	return frame
}
