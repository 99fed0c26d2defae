package differential

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/experimental"
	"github.com/tetratelabs/wazero/imports/wasi_snapshot_preview1"
	"github.com/tetratelabs/wazero/sys"

	"github.com/wafer-run/wafer/abi"
	"github.com/wafer-run/wafer/runner/internal/rewrite"
)

// refillAmount is what a refill gives. It is small for a meter, so that refills
// happen in the middle of everything.
const refillAmount = 5_000

// machine is one instance on one of wazero's engines. Clocks and randomness are
// wazero's own, which are the same in every instance.
type machine struct {
	t       *testing.T
	name    string
	module  api.Module
	request []byte
	parts   map[abi.Part][]byte
	refills int
	output  strings.Builder
	ended   bool // by a trap or an exit
}

// newMachine instantiates a module. What a rewritten one leaves to the host is
// done here.
func newMachine(t *testing.T, name string, cfg wazero.RuntimeConfig, wasm []byte, segments []rewrite.Segment) *machine {
	t.Helper()
	m := &machine{t: t, name: name, parts: map[abi.Part][]byte{}}
	ctx := experimental.WithCompilationWorkers(context.Background(), runtime.GOMAXPROCS(0))
	rt := wazero.NewRuntimeWithConfig(ctx, cfg)
	t.Cleanup(func() {
		if err := rt.Close(ctx); err != nil {
			t.Error(err)
		}
	})
	wasi_snapshot_preview1.MustInstantiate(ctx, rt)
	i32 := api.ValueTypeI32
	words := []api.ValueType{i32, i32, i32}
	for _, b := range []wazero.HostModuleBuilder{
		rt.NewHostModuleBuilder(abi.Module).
			NewFunctionBuilder().WithGoModuleFunction(api.GoModuleFunc(m.read), words, words[:1]).Export(abi.ImportRequestRead).
			NewFunctionBuilder().WithGoModuleFunction(api.GoModuleFunc(m.write), words, words[:1]).Export(abi.ImportResponseWrite),
		rt.NewHostModuleBuilder(rewrite.MeterModule).
			NewFunctionBuilder().WithGoModuleFunction(api.GoModuleFunc(m.refill), nil, nil).Export(rewrite.RefillImport),
	} {
		if _, err := b.Instantiate(ctx); err != nil {
			t.Fatal(err)
		}
	}
	config := wazero.NewModuleConfig().WithName("").WithStartFunctions().WithStdout(&m.output).WithStderr(&m.output)
	var err error
	if m.module, err = rt.InstantiateWithConfig(ctx, wasm, config); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	for _, s := range segments {
		if !m.module.Memory().Write(s.Offset, s.Data) {
			t.Fatalf("%s: a data segment at %d is out of range", name, s.Offset)
		}
	}
	return m
}

func (m *machine) read(_ context.Context, mod api.Module, stack []uint64) {
	piece := m.request[min(int(uint32(stack[1])), len(m.request)):]
	piece = piece[:min(int(uint32(stack[2])), len(piece))]
	if !mod.Memory().Write(uint32(stack[0]), piece) {
		panic("request_read out of range")
	}
	stack[0] = uint64(len(piece))
}

func (m *machine) write(_ context.Context, mod api.Module, stack []uint64) {
	piece, ok := mod.Memory().Read(uint32(stack[1]), uint32(stack[2]))
	if !ok {
		panic("response_write out of range")
	}
	part := abi.Part(stack[0])
	m.parts[part] = append(m.parts[part], piece...)
	stack[0] = uint64(abi.ErrnoOK)
}

func (m *machine) refill(_ context.Context, mod api.Module, _ []uint64) {
	m.refills++
	mod.ExportedGlobal(rewrite.FuelExport).(api.MutableGlobal).Set(refillAmount)
}

// outcome is everything that a call did, memory aside.
type outcome struct {
	Status abi.Status
	Trap   string // or exit code
	Parts  map[abi.Part]string
	Output string
	Pages  uint32
	Global string
}

// call makes one call of the ABI; initialize is what comes before them all.
func (m *machine) call(kind abi.Kind, request []byte) outcome {
	return m.run(abi.ExportCall, request, uint64(kind), uint64(len(request)))
}

func (m *machine) initialize() outcome { return m.run(abi.ExportInitialize, nil) }

func (m *machine) run(export string, request []byte, args ...uint64) outcome {
	m.t.Helper()
	m.request = request
	clear(m.parts)
	m.output.Reset()
	o := outcome{Parts: map[abi.Part]string{}}
	results, err := m.module.ExportedFunction(export).Call(context.Background(), args...)
	if err != nil {
		m.ended = true
		o.Trap, _, _ = strings.Cut(err.Error(), "\n") // the rest is a stack trace
		if exit := (*sys.ExitError)(nil); errors.As(err, &exit) {
			o.Trap = fmt.Sprintf("exit %d", exit.ExitCode())
		}
	}
	if len(results) > 0 {
		o.Status = abi.Status(results[0])
	}
	for part, b := range m.parts {
		o.Parts[part] = string(b)
	}
	o.Output = m.output.String()
	o.Pages = m.module.Memory().Size() >> 16
	return o
}

// globals are the values of those globals that the module had when it was built.
func (m *machine) globals(n int) string {
	var b strings.Builder
	internal := m.module.(experimental.InternalModule)
	for i := range n {
		fmt.Fprintf(&b, " %x", internal.Global(i).Get())
	}
	return b.String()
}

// memory is all of it. It is valid until the next call.
func (m *machine) memory() []byte {
	b, ok := m.module.Memory().Read(0, m.module.Memory().Size())
	if !ok {
		m.t.Fatalf("%s: the memory cannot be read", m.name)
	}
	return b
}
