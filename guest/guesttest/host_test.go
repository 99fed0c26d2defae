package guesttest

import (
	"bytes"
	"context"
	"crypto/rand"
	"strings"
	"sync"
	"testing"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/imports/wasi_snapshot_preview1"

	"github.com/wafer-run/wafer/abi"
)

// host is the smallest host there is: one instance, no limits.
type host struct {
	t      testing.TB
	ctx    context.Context
	call   api.Function
	memory api.Memory
	output bytes.Buffer // stdout and stderr

	request []byte
	answer  answer
	refuse  abi.Errno // what response_write answers with, if not 0
}

// answer is what one call wrote.
type answer struct {
	Status  abi.Status
	Payload []byte
	Head    *abi.HTTPHead
	Body    [][]byte // one element per write
	Error   *abi.Error
	Boot    *abi.BootInfo
}

// engine is one runtime for all hosts, so that each module is compiled once.
// Host functions find their host in the context.
var engine struct {
	sync.Mutex
	rt      wazero.Runtime
	modules map[string]wazero.CompiledModule
}

type hostKey struct{}

// compiled returns function(t, flags...) as a compiled module.
func compiled(t testing.TB, flags ...string) wazero.CompiledModule {
	t.Helper()
	wasm := function(t, flags...)
	engine.Lock()
	defer engine.Unlock()
	ctx := context.Background()
	if engine.rt == nil {
		engine.rt = wazero.NewRuntime(ctx)
		engine.modules = map[string]wazero.CompiledModule{}
		wasi_snapshot_preview1.MustInstantiate(ctx, engine.rt)
		instantiateImports(ctx, t)
	}
	key := strings.Join(flags, " ")
	if _, ok := engine.modules[key]; !ok {
		mod, err := engine.rt.CompileModule(ctx, wasm)
		if err != nil {
			t.Fatal(err)
		}
		engine.modules[key] = mod
	}
	return engine.modules[key]
}

func instantiateImports(ctx context.Context, t testing.TB) {
	t.Helper()
	i32 := api.ValueTypeI32
	export := func(f func(*host, context.Context, api.Module, []uint64)) api.GoModuleFunc {
		return func(ctx context.Context, m api.Module, stack []uint64) {
			f(ctx.Value(hostKey{}).(*host), ctx, m, stack)
		}
	}
	_, err := engine.rt.NewHostModuleBuilder(abi.Module).
		NewFunctionBuilder().
		WithGoModuleFunction(export((*host).requestRead), []api.ValueType{i32, i32, i32}, []api.ValueType{i32}).
		Export(abi.ImportRequestRead).
		NewFunctionBuilder().
		WithGoModuleFunction(export((*host).responseWrite), []api.ValueType{i32, i32, i32}, []api.ValueType{i32}).
		Export(abi.ImportResponseWrite).
		Instantiate(ctx)
	if err != nil {
		t.Fatal(err)
	}
}

// newHost makes an instance and runs its _initialize.
func newHost(t testing.TB, mode string, flags ...string) *host {
	t.Helper()
	h := &host{t: t}
	h.ctx = context.WithValue(context.Background(), hostKey{}, h)
	module := compiled(t, flags...)
	config := wazero.NewModuleConfig().WithName("").WithStartFunctions(abi.ExportInitialize).
		WithStdout(&h.output).WithStderr(&h.output).WithEnv("MODE", mode).
		WithSysWalltime().WithSysNanotime().WithSysNanosleep().WithRandSource(rand.Reader)
	mod, err := engine.rt.InstantiateModule(h.ctx, module, config)
	if err != nil {
		t.Fatalf("instantiating: %v\n%s", err, h.output.String())
	}
	t.Cleanup(func() { _ = mod.Close(h.ctx) })
	h.call = mod.ExportedFunction(abi.ExportCall)
	h.memory = mod.Memory()
	return h
}

func (h *host) requestRead(_ context.Context, m api.Module, stack []uint64) {
	dst, off, size := uint32(stack[0]), uint32(stack[1]), uint32(stack[2])
	n := 0
	if off < uint32(len(h.request)) {
		buf, ok := m.Memory().Read(dst, size)
		if !ok {
			panic("request_read outside memory")
		}
		n = copy(buf, h.request[off:])
	}
	stack[0] = uint64(n)
}

func (h *host) responseWrite(_ context.Context, m api.Module, stack []uint64) {
	part, ptr, size := abi.Part(stack[0]), uint32(stack[1]), uint32(stack[2])
	stack[0] = uint64(h.refuse)
	if h.refuse != abi.ErrnoOK {
		return
	}
	view, ok := m.Memory().Read(ptr, size)
	if !ok {
		panic("response_write outside memory")
	}
	p := bytes.Clone(view)
	var err error
	a := &h.answer
	switch part {
	case abi.PartPayload:
		a.Payload = append(a.Payload, p...)
	case abi.PartHTTPHead:
		a.Head = &abi.HTTPHead{}
		err = a.Head.Decode(p)
	case abi.PartHTTPBody:
		a.Body = append(a.Body, p)
	case abi.PartError:
		a.Error = &abi.Error{}
		err = a.Error.Decode(p)
	case abi.PartBoot:
		a.Boot = &abi.BootInfo{}
		err = a.Boot.Decode(p)
	default:
		stack[0] = uint64(abi.ErrnoOrder)
	}
	if err != nil {
		panic(err)
	}
}

// try makes one call. It returns an error if the instance trapped or exited.
func (h *host) try(kind abi.Kind, frame []byte) (answer, error) {
	h.request, h.answer = frame, answer{}
	result, err := h.call.Call(h.ctx, uint64(kind), uint64(len(frame)))
	if err != nil {
		return h.answer, err
	}
	h.answer.Status = abi.Status(result[0])
	return h.answer, nil
}

// must makes one call that has to return.
func (h *host) must(kind abi.Kind, frame []byte) answer {
	h.t.Helper()
	a, err := h.try(kind, frame)
	if err != nil {
		h.t.Fatalf("%s: %v\n%s", kind, err, h.output.String())
	}
	return a
}

// boot makes the first call.
func (h *host) boot() answer {
	h.t.Helper()
	return h.must(abi.KindBoot, (&abi.BootRequest{Peer: "test/1"}).AppendTo(nil))
}

// event invokes with a JSON event.
func (h *host) event(doc string) answer {
	h.t.Helper()
	q := abi.Request{Context: abi.Context{RequestID: "r-1"}, Body: []byte(doc)}
	return h.must(abi.KindInvoke, q.AppendTo(nil))
}

// booted returns a host whose function has started.
func booted(t testing.TB, mode string, flags ...string) *host {
	t.Helper()
	h := newHost(t, mode, flags...)
	if a := h.boot(); a.Status != abi.StatusOK {
		t.Fatalf("boot: %s %+v\n%s", a.Status, a.Error, h.output.String())
	}
	return h
}
