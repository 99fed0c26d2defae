package engine

import (
	"context"
	"fmt"
	"runtime"
	"time"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/experimental"

	"github.com/wafer-run/wafer/abi"
	"github.com/wafer-run/wafer/hostfns"
)

// startExport is where the rewriter puts a module's start function.
const startExport = "__wafer_start"

// Report says what became of a module.
type Report struct {
	MemoryMin       uint32 // pages of 64 KiB
	SnapshotRefused string // why instances can not be saved, or empty
	Compile         time.Duration
}

type segment struct {
	Offset uint32
	Data   []byte
}

// Module is a prepared guest. It is safe for concurrent use. Close it when
// every instance of it has been closed.
type Module struct {
	engine   *Engine
	code     wazero.CompiledModule
	style    Style
	segments []segment
	globals  []string // export names of all mutable globals
	fuel     string   // export name of the meter's counter
	report   Report
}

// Prepare checks and compiles a wasm file. grants lists the capabilities, by
// name, that its imports may use.
//
// # Errors
//
// A [*ModuleError] or [*VersionError] that names what does not fit, or several
// joined.
func (e *Engine) Prepare(ctx context.Context, bin []byte, grants []string) (*Module, error) {
	if err := checkHeader(bin); err != nil {
		return nil, err
	}
	m := &Module{engine: e}
	start := time.Now()
	code, err := e.rt.CompileModule(experimental.WithCompilationWorkers(ctx, runtime.GOMAXPROCS(0)), bin)
	if err != nil {
		return nil, &ModuleError{Reason: "it does not compile", Err: err}
	}
	m.report.Compile = time.Since(start)
	m.code = code
	if m.style, err = checkExports(code); err != nil {
		_ = code.Close(ctx)
		return nil, err
	}
	if err := e.checkImports(code, grants); err != nil {
		_ = code.Close(ctx)
		return nil, err
	}
	if mem := code.ExportedMemories()[abi.ExportMemory]; mem != nil {
		m.report.MemoryMin = mem.Min()
	}
	m.report.SnapshotRefused = "not rewritten"
	return m, nil
}

// checkHeader tells files that are no wasm at all from broken ones.
func checkHeader(bin []byte) error {
	const magic = "\x00asm"
	switch {
	case len(bin) < 8:
		return &ModuleError{Reason: fmt.Sprintf("it is not a wasm file: %d bytes, a header alone has 8", len(bin))}
	case string(bin[:4]) != magic:
		return &ModuleError{Reason: fmt.Sprintf("it is not a wasm file: it starts with %q, want %q", bin[:4], magic)}
	case bin[4] != 1 || bin[5] != 0 || bin[6] != 0 || bin[7] != 0:
		return &ModuleError{Reason: fmt.Sprintf("it is not a core wasm module of version 1: version bytes % x (components are not supported)", bin[4:8])}
	}
	return nil
}

// checkImports refuses what the host does not have, and capabilities that
// were not granted.
func (e *Engine) checkImports(code wazero.CompiledModule, grants []string) error {
	granted := map[string]bool{}
	for _, g := range grants {
		granted[g] = true
	}
	known := map[string]hostfns.Capability{}
	for mod, c := range e.caps {
		known[mod] = c
	}
	for _, f := range code.ImportedFunctions() {
		mod, name, _ := f.Import()
		if c, ok := known[mod]; ok && !granted[c.Name()] {
			return &ModuleError{Reason: fmt.Sprintf("it imports %s.%s, but capability %q is not granted", mod, name, c.Name())}
		}
	}
	return nil
}

// Style says how the module is called.
func (m *Module) Style() Style { return m.style }

// Report says what became of the module.
func (m *Module) Report() Report { return m.report }

// Close frees the compiled code.
func (m *Module) Close(ctx context.Context) error { return m.code.Close(ctx) }
