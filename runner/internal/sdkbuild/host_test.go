package sdkbuild_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"slices"
	"testing"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/imports/wasi_snapshot_preview1"

	"github.com/wafer-run/wafer/abi"
	"github.com/wafer-run/wafer/runner/internal/wasm"
)

// host runs instances of one built module, as plainly as the ABI allows.
type host struct {
	runtime  wazero.Runtime
	compiled wazero.CompiledModule
	globals  []string // names of the exported mutable globals
}

// newHost exports the module's mutable globals, so that instances can be
// copied, and compiles it. The interpreter is faster for the few calls of a test.
func newHost(t *testing.T, file string) *host {
	t.Helper()
	if raceEnabled {
		t.Skip("built; under the race detector an interpreter is ten times slower, and there is no race to find in a guest")
	}
	binary, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	module, err := wasm.Parse(binary)
	if err != nil {
		t.Fatal(err)
	}
	var globals []string
	for i, g := range module.Globals {
		if g.Mutable {
			name := fmt.Sprintf("wafer.test.global.%d", i)
			index := module.NumImports(wasm.ExternGlobal) + uint32(i)
			module.Exports = append(module.Exports, wasm.Export{Name: name, Kind: wasm.ExternGlobal, Index: index})
			globals = append(globals, name)
		}
	}
	if len(globals) == 0 {
		t.Fatal("the module has no mutable globals, so it is no Go guest")
	}
	ctx := t.Context()
	h := &host{globals: globals, runtime: wazero.NewRuntimeWithConfig(ctx, wazero.NewRuntimeConfigInterpreter())}
	t.Cleanup(func() {
		if err := h.runtime.Close(context.WithoutCancel(ctx)); err != nil {
			t.Error(err)
		}
	})
	wasi_snapshot_preview1.MustInstantiate(ctx, h.runtime)
	u32 := api.ValueTypeI32
	_, err = h.runtime.NewHostModuleBuilder(abi.Module).
		NewFunctionBuilder().WithGoModuleFunction(api.GoModuleFunc(requestRead), []api.ValueType{u32, u32, u32}, []api.ValueType{u32}).
		Export(abi.ImportRequestRead).
		NewFunctionBuilder().WithGoModuleFunction(api.GoModuleFunc(responseWrite), []api.ValueType{u32, u32, u32}, []api.ValueType{u32}).
		Export(abi.ImportResponseWrite).
		Instantiate(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if h.compiled, err = h.runtime.CompileModule(ctx, module.Encode()); err != nil {
		t.Fatal(err)
	}
	return h
}

// exchange is what a call reads and writes.
type exchange struct {
	request []byte
	parts   map[abi.Part][]byte
}

type exchangeKey struct{}

func requestRead(ctx context.Context, m api.Module, stack []uint64) {
	x := ctx.Value(exchangeKey{}).(*exchange)
	dst, off, size := uint32(stack[0]), uint32(stack[1]), uint32(stack[2])
	piece := x.request[min(int(off), len(x.request)):]
	piece = piece[:min(int(size), len(piece))]
	if !m.Memory().Write(dst, piece) {
		panic("request_read out of range")
	}
	stack[0] = uint64(len(piece))
}

func responseWrite(ctx context.Context, m api.Module, stack []uint64) {
	x := ctx.Value(exchangeKey{}).(*exchange)
	piece, ok := m.Memory().Read(uint32(stack[1]), uint32(stack[2]))
	if !ok {
		panic("response_write out of range")
	}
	part := abi.Part(stack[0])
	x.parts[part] = append(x.parts[part], piece...)
	stack[0] = 0
}

// instance is one running guest and what it wrote to stdout and stderr.
type instance struct {
	module api.Module
	output *bytes.Buffer
}

// instantiate starts an instance without running any of its code.
func (h *host) instantiate(t *testing.T) instance {
	t.Helper()
	in := instance{output: new(bytes.Buffer)}
	config := wazero.NewModuleConfig().WithName("").WithStartFunctions().
		WithStdout(in.output).WithStderr(in.output).
		WithSysNanotime().WithSysWalltime().WithRandSource(constant{})
	var err error
	if in.module, err = h.runtime.InstantiateModule(t.Context(), h.compiled, config); err != nil {
		t.Fatal(err)
	}
	return in
}

// constant is the randomness of the host: none, so that only the entropy in
// requests can tell instances apart.
type constant struct{}

func (constant) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = 1
	}
	return len(p), nil
}

// boot starts an instance that can take events.
func (h *host) boot(t *testing.T) instance {
	t.Helper()
	in := h.instantiate(t)
	if _, err := in.module.ExportedFunction("_initialize").Call(t.Context()); err != nil {
		t.Fatal(err)
	}
	boot := abi.BootRequest{Peer: "test"}
	if status, parts := in.call(t, abi.KindBoot, boot.AppendTo(nil)); status != abi.StatusOK {
		t.Fatalf("boot: status %v, error frame %q", status, parts[abi.PartError])
	}
	return in
}

// clone starts an instance with the memory and the globals of another one.
func (h *host) clone(t *testing.T, from instance) instance {
	t.Helper()
	in := h.instantiate(t)
	memory, ok := from.module.Memory().Read(0, from.module.Memory().Size())
	if !ok {
		t.Fatal("memory cannot be read")
	}
	if missing := from.module.Memory().Size() - in.module.Memory().Size(); missing > 0 {
		if _, ok := in.module.Memory().Grow(missing / (64 << 10)); !ok {
			t.Fatal("memory cannot grow")
		}
	}
	if !in.module.Memory().Write(0, slices.Clone(memory)) {
		t.Fatal("memory cannot be written")
	}
	for _, name := range h.globals {
		in.module.ExportedGlobal(name).(api.MutableGlobal).Set(from.module.ExportedGlobal(name).Get())
	}
	return in
}

func (in instance) call(t *testing.T, kind abi.Kind, request []byte) (abi.Status, map[abi.Part][]byte) {
	t.Helper()
	x := &exchange{request: request, parts: map[abi.Part][]byte{}}
	ctx := context.WithValue(t.Context(), exchangeKey{}, x)
	results, err := in.module.ExportedFunction(abi.ExportCall).Call(ctx, uint64(kind), uint64(len(request)))
	if err != nil {
		t.Fatalf("%v: %v\n%s", kind, err, in.output)
	}
	return abi.Status(results[0]), x.parts
}

// invoke sends an event and returns the result. entropy is nil or 32 bytes.
func (in instance) invoke(t *testing.T, event string, entropy []byte) string {
	t.Helper()
	request := abi.Request{Context: abi.Context{RequestID: "r"}, Entropy: entropy, Body: []byte(event)}
	status, parts := in.call(t, abi.KindInvoke, request.AppendTo(nil))
	if status != abi.StatusOK {
		var failure abi.Error
		if err := failure.Decode(parts[abi.PartError]); err != nil {
			t.Fatalf("status %v, and no error frame: %v", status, err)
		}
		t.Fatalf("status %v: %s: %s %+v", status, failure.Type, failure.Message, failure.Stack)
	}
	return string(parts[abi.PartPayload])
}
