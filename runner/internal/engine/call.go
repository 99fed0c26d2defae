package engine

import (
	"context"
	"fmt"
	"time"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"

	"github.com/wafer-run/wafer/abi"
	"github.com/wafer-run/wafer/hostfns"
	"github.com/wafer-run/wafer/hostfns/logs"
	"github.com/wafer-run/wafer/hostfns/socket"
)

// Call is one event on its way through a guest: what the guest reads, what it
// answered, and what that cost. A Call may be used again after it has ended.
type Call struct {
	Kind abi.Kind
	// Head is the request frame. Where Body is not empty it ends with the
	// header of the body's field, and Body follows it; so a body is never
	// copied on the host.
	Head []byte
	Body []byte
	// Deadline ends the call; zero means none. Done cancels it; nil means
	// never.
	Deadline time.Time
	Done     <-chan struct{}
	// PayloadLimit is the largest payload in bytes; 0 means none at all.
	PayloadLimit int
	// HTTP takes the answer of an HTTP event. It must be set for
	// [abi.KindHTTP].
	HTTP HTTPSink

	// Payload is the answer to an event. Its array is used again.
	Payload []byte
	// Failure is how the function failed, with [abi.StatusError].
	Failure *abi.Error
	// Boot is the answer to [abi.KindBoot].
	Boot *abi.BootInfo
	// Overflow is set to the size that would have been needed when the
	// payload went over its limit.
	Overflow int
	// Ticks is the work done, in the meter's unit; CPU the time spent running.
	Ticks int64
	CPU   time.Duration

	headSent, bodySent bool
}

// HTTPSink takes an HTTP answer piece by piece, on the goroutine of the call. It
// may block and switch coroutines: the guest is not charged for it.
type HTTPSink interface {
	// WriteHead gets the head, once. It must not keep h.
	WriteHead(h *abi.HTTPHead) abi.Errno
	// WriteBody gets a piece of the body, which it must not keep. The first
	// one may come without a head.
	WriteBody(b []byte) abi.Errno
}

// clear empties the results for the next run.
func (c *Call) clear() {
	c.Payload = c.Payload[:0]
	c.Failure, c.Boot = nil, nil
	c.Overflow, c.Ticks, c.CPU = 0, 0, 0
	c.headSent, c.bodySent = false, false
}

// size is the length of the whole request frame.
func (c *Call) size() int { return len(c.Head) + len(c.Body) }

// read copies from the request frame, starting at off.
func (c *Call) read(dst []byte, off uint64) int {
	n := 0
	if off < uint64(len(c.Head)) {
		n = copy(dst, c.Head[off:])
		off = 0
	} else {
		off -= uint64(len(c.Head))
	}
	if n < len(dst) && off < uint64(len(c.Body)) {
		n += copy(dst[n:], c.Body[off:])
	}
	return n
}

// maxFrame is how large a frame of an answer may be, in bytes, that nothing else
// limits: the head of an HTTP answer, which the front allows a few kilobytes,
// and what a guest says about itself. Decoding copies frames.
const maxFrame = 1 << 20

// answer takes one piece of the answer to the running call. A sink may take its
// time over what it gets, so a body comes to it in pieces, and the guest's time
// is looked at between them.
func (in *Instance) answer(part abi.Part, b []byte) (errno abi.Errno) {
	switch part {
	case abi.PartHTTPHead:
		h, errno := in.call.head(b)
		in.spend(len(b) >> workShift)
		if errno == abi.ErrnoOK {
			in.outside(func() { errno = in.call.HTTP.WriteHead(h) })
		}
		return errno
	case abi.PartHTTPBody:
		for first := true; first || len(b) > 0 && errno == abi.ErrnoOK; first = false {
			piece := b[:min(len(b), bodyPiece)]
			b = b[len(piece):]
			in.outside(func() { errno = in.call.write(part, piece) })
			in.spend(len(piece) >> copyShift)
		}
		return errno
	}
	errno = in.call.write(part, b)
	if part == abi.PartPayload {
		in.spend(len(b) >> copyShift)
	} else {
		in.spend(len(b) >> workShift) // a frame is taken apart
	}
	return errno
}

// bodyPiece is how many bytes of a body a sink gets at a time.
const bodyPiece = 1 << 20

// write takes one piece of the answer.
func (c *Call) write(part abi.Part, b []byte) abi.Errno {
	switch part {
	case abi.PartPayload:
		if c.Kind != abi.KindInvoke {
			return abi.ErrnoOrder
		}
		if n := len(c.Payload) + len(b); n > c.PayloadLimit {
			c.Overflow = max(c.Overflow, n)
			return abi.ErrnoTooLarge
		}
		c.Payload = append(c.Payload, b...)
	case abi.PartHTTPBody:
		if c.Kind != abi.KindHTTP || c.HTTP == nil {
			return abi.ErrnoOrder
		}
		c.bodySent = true
		return c.HTTP.WriteBody(b)
	case abi.PartError:
		f := new(abi.Error)
		if limit := max(c.PayloadLimit, maxFrame); len(b) > limit {
			f.Message, f.Type = fmt.Sprintf("the function's error has %d bytes, the limit is %d", len(b), limit), "ErrorTooLarge"
			c.Failure = f
			return abi.ErrnoTooLarge
		}
		if err := f.Decode(b); err != nil {
			return abi.ErrnoMalformed
		}
		c.Failure = f
	case abi.PartBoot:
		if c.Kind != abi.KindBoot {
			return abi.ErrnoOrder
		}
		if len(b) > maxFrame {
			return abi.ErrnoTooLarge
		}
		info := new(abi.BootInfo)
		if err := info.Decode(b); err != nil {
			return abi.ErrnoMalformed
		}
		c.Boot = info
	default:
		return abi.ErrnoOrder
	}
	return abi.ErrnoOK
}

// head reads the head of an HTTP answer.
func (c *Call) head(b []byte) (*abi.HTTPHead, abi.Errno) {
	if c.Kind != abi.KindHTTP || c.HTTP == nil || c.headSent || c.bodySent {
		return nil, abi.ErrnoOrder
	}
	if len(b) > maxFrame {
		return nil, abi.ErrnoTooLarge
	}
	h := new(abi.HTTPHead)
	if err := h.Decode(b); err != nil {
		return nil, abi.ErrnoMalformed
	}
	c.headSent = true
	return h, abi.ErrnoOK
}

// running is the context that host functions get: an [Instance] in a call. It
// has no deadline and no Done of its own, because the meter and the host
// functions end calls themselves; and it allocates nothing per call.
type running struct{ in *Instance }

func (running) Deadline() (time.Time, bool) { return time.Time{}, false }
func (running) Done() <-chan struct{}       { return nil }
func (running) Err() error                  { return nil }

func (r running) Value(key any) any {
	switch key.(type) {
	case logs.Key:
		return r.in.rec
	case instanceKey:
		return r.in
	}
	return nil
}

type instanceKey struct{}

// instanceOf returns the instance whose call ctx belongs to. Host functions
// run only within calls, so there always is one.
func instanceOf(ctx context.Context) *Instance {
	if r, ok := ctx.(*running); ok {
		return r.in
	}
	in, _ := ctx.Value(instanceKey{}).(*Instance)
	return in
}

const i32 = api.ValueTypeI32

// protocol is the import module that every guest may use. See abi/ABI.md,
// "Calls".
type protocol struct{}

func (protocol) Name() string   { return "protocol" }
func (protocol) Module() string { return abi.Module }

func (protocol) Funcs() []hostfns.Func {
	return []hostfns.Func{{
		Name: abi.ImportRequestRead, Params: []api.ValueType{i32, i32, i32}, Results: []api.ValueType{i32},
		Do: func(ctx context.Context, mem hostfns.Memory, stack []uint64) {
			dst := mem.Bytes(uint32(stack[0]), uint32(stack[2]))
			in := instanceOf(ctx)
			n := in.call.read(dst, uint64(uint32(stack[1])))
			stack[0] = uint64(n)
			in.spend(n >> copyShift)
		},
	}, {
		Name: abi.ImportResponseWrite, Params: []api.ValueType{i32, i32, i32}, Results: []api.ValueType{i32},
		Do: func(ctx context.Context, mem hostfns.Memory, stack []uint64) {
			b := mem.Bytes(uint32(stack[1]), uint32(stack[2]))
			stack[0] = uint64(instanceOf(ctx).answer(abi.Part(uint32(stack[0])), b))
		},
	}, {
		Name: abi.ImportListen, Params: []api.ValueType{i32}, Results: []api.ValueType{i32},
		Do: func(ctx context.Context, _ hostfns.Memory, stack []uint64) {
			fd, errno := instanceOf(ctx).sockets.Listen(uint32(stack[0]))
			if errno != socket.OK {
				fd = -uint32(errno)
			}
			stack[0] = uint64(fd)
		},
	}}
}

func registerProtocol(ctx context.Context, rt wazero.Runtime) error {
	if err := hostfns.Register(ctx, rt, charged{protocol{}}); err != nil {
		return fmt.Errorf("engine: %w", err)
	}
	return nil
}
