package plain

import (
	"context"
	"fmt"
	"runtime"
	"time"

	"github.com/tetratelabs/wazero/api"

	"github.com/wafer-run/wafer/abi"
)

// Instance is one sandbox. It is not safe for concurrent use.
type Instance struct {
	mod   api.Module
	entry api.Function
	fuel  api.MutableGlobal // nil when the module is not metered
	ctx   context.Context

	request  []byte
	answer   []byte
	failure  []byte
	deadline time.Time
	ticks    int64
	stack    [2]uint64
}

// key is under which host functions find the instance that calls them.
type key struct{}

func instanceOf(ctx context.Context) *Instance {
	in, _ := ctx.Value(key{}).(*Instance)
	return in
}

func requestRead(ctx context.Context, m api.Module, stack []uint64) {
	in := instanceOf(ctx)
	dst, ok := m.Memory().Read(uint32(stack[0]), uint32(stack[2]))
	off := uint32(stack[1])
	stack[0] = 0
	if ok && int(off) < len(in.request) {
		stack[0] = uint64(copy(dst, in.request[off:]))
	}
}

func responseWrite(ctx context.Context, m api.Module, stack []uint64) {
	in := instanceOf(ctx)
	b, ok := m.Memory().Read(uint32(stack[1]), uint32(stack[2]))
	if !ok {
		stack[0] = uint64(abi.ErrnoMalformed)
		return
	}
	switch abi.Part(uint32(stack[0])) {
	case abi.PartPayload:
		in.answer = append(in.answer, b...)
	case abi.PartError:
		in.failure = append(in.failure, b...)
	}
	stack[0] = uint64(abi.ErrnoOK)
}

// refill does what the engine's does: it looks at the clock, lets others run
// and grants another quantum.
func refill(ctx context.Context, _ api.Module, _ []uint64) {
	in := instanceOf(ctx)
	in.ticks += quantum - int64(in.fuel.Get())
	if time.Now().After(in.deadline) {
		panic(context.DeadlineExceeded)
	}
	runtime.Gosched()
	in.fuel.Set(quantum)
}

// boot runs the start function of a reactor and the boot call.
func (in *Instance) boot() error {
	in.fuel, _ = in.mod.ExportedGlobal(fuelExport).(api.MutableGlobal)
	in.entry = in.mod.ExportedFunction(abi.ExportCall)
	if in.entry == nil {
		return fmt.Errorf("plain: booting: the module has no %s", abi.ExportCall)
	}
	in.deadline = time.Now().Add(time.Minute)
	if init := in.mod.ExportedFunction(abi.ExportInitialize); init != nil {
		if err := init.CallWithStack(in.ctx, nil); err != nil {
			return fmt.Errorf("plain: booting: %w", err)
		}
	}
	in.request = (&abi.BootRequest{Peer: "plain", Minor: abi.Minor}).AppendTo(in.request[:0])
	return in.call(abi.KindBoot)
}

// Invoke runs one event and returns the answer, which is valid until the next
// call.
func (in *Instance) Invoke(event []byte) ([]byte, error) {
	in.deadline = time.Now().Add(time.Minute)
	in.request = (&abi.Request{
		Context: abi.Context{
			RequestID: "1-65a1c2d3-0123456789abcdef01234567", Deadline: in.deadline.UnixMilli(), Timeout: 60_000,
			FunctionName: "hello", FunctionHandler: "main", Memory: 512, Qualifier: "LATEST",
		},
		Body: event,
	}).AppendTo(in.request[:0])
	if err := in.call(abi.KindInvoke); err != nil {
		return nil, err
	}
	return in.answer, nil
}

func (in *Instance) call(kind abi.Kind) error {
	in.answer, in.failure = in.answer[:0], in.failure[:0]
	in.stack = [2]uint64{uint64(kind), uint64(len(in.request))}
	if in.fuel != nil {
		in.fuel.Set(quantum)
	}
	if err := in.entry.CallWithStack(in.ctx, in.stack[:]); err != nil {
		return fmt.Errorf("plain: %s call: %w", kind, err)
	}
	if status := abi.Status(uint32(in.stack[0])); status != abi.StatusOK {
		return fmt.Errorf("plain: %s call: %s: %q", kind, status, in.failure)
	}
	return nil
}

// Close frees the instance.
func (in *Instance) Close() error { return in.mod.Close(in.ctx) }
