package examples

import (
	"context"
	"fmt"
	"io"
	"os"
	"testing"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/imports/wasi_snapshot_preview1"

	"github.com/wafer-run/wafer/abi"
)

// miniHost is a host made from ABI.md and nothing else, to see that the page is
// enough. It runs one instance.
type miniHost struct {
	t       *testing.T
	guest   api.Module
	request []byte
	answer  answer
}

// answer is what a guest wrote during one call.
type answer struct {
	Status abi.Status
	Parts  map[abi.Part]string // pieces joined
	Logs   []string
}

func newMiniHost(t *testing.T, wasmFile string) *miniHost {
	t.Helper()
	binary, err := os.ReadFile(wasmFile)
	if err != nil {
		t.Fatal(err)
	}
	ctx := context.Background()
	engine := wazero.NewRuntime(ctx)
	t.Cleanup(func() { _ = engine.Close(ctx) })
	wasi_snapshot_preview1.MustInstantiate(ctx, engine)

	h := &miniHost{t: t}
	_, err = engine.NewHostModuleBuilder(abi.Module).
		NewFunctionBuilder().WithFunc(h.requestRead).Export(abi.ImportRequestRead).
		NewFunctionBuilder().WithFunc(h.responseWrite).Export(abi.ImportResponseWrite).
		Instantiate(ctx)
	if err != nil {
		t.Fatal(err)
	}
	_, err = engine.NewHostModuleBuilder(abi.LogModule).
		NewFunctionBuilder().WithFunc(h.logWrite).Export(abi.ImportLogWrite).
		Instantiate(ctx)
	if err != nil {
		t.Fatal(err)
	}
	conf := wazero.NewModuleConfig().WithStdout(io.Discard).WithStderr(io.Discard).
		WithStartFunctions(abi.ExportInitialize)
	if h.guest, err = engine.InstantiateWithConfig(ctx, binary, conf); err != nil {
		t.Fatal(err)
	}
	return h
}

func (h *miniHost) requestRead(_ context.Context, m api.Module, dst, off, size uint32) uint32 {
	if int64(off) >= int64(len(h.request)) {
		return 0
	}
	piece := h.request[off:]
	if int64(size) < int64(len(piece)) {
		piece = piece[:size]
	}
	if !m.Memory().Write(dst, piece) {
		panic("request_read outside the memory")
	}
	return uint32(len(piece))
}

func (h *miniHost) responseWrite(_ context.Context, m api.Module, part, ptr, size uint32) uint32 {
	b, ok := m.Memory().Read(ptr, size)
	if !ok {
		panic("response_write outside the memory")
	}
	h.answer.Parts[abi.Part(part)] += string(b)
	return uint32(abi.ErrnoOK)
}

func (h *miniHost) logWrite(_ context.Context, m api.Module, level, ptr, size uint32) {
	b, ok := m.Memory().Read(ptr, size)
	if !ok {
		panic("write outside the memory")
	}
	h.answer.Logs = append(h.answer.Logs, fmt.Sprintf("[%s] %s", abi.Level(level), b))
}

// call delivers one lifecycle event.
func (h *miniHost) call(kind abi.Kind, request []byte) answer {
	h.t.Helper()
	h.request, h.answer = request, answer{Parts: map[abi.Part]string{}}
	res, err := h.guest.ExportedFunction(abi.ExportCall).
		Call(context.Background(), api.EncodeU32(uint32(kind)), api.EncodeU32(uint32(len(request))))
	if err != nil {
		h.t.Fatalf("%s: %v", kind, err)
	}
	h.answer.Status = abi.Status(api.DecodeU32(res[0]))
	return h.answer
}
