package engine

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"time"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/experimental"

	"github.com/wafer-run/wafer/runner/internal/rewrite"
	"github.com/wafer-run/wafer/runner/internal/wasm"
)

// Report says what became of a module.
type Report struct {
	rewrite.Report
	Rewrite time.Duration // parsing, rewriting and encoding
	Compile time.Duration // or loading from the code cache
}

// Module is a prepared guest. It is safe for concurrent use. Close it when
// every instance of it has been closed.
type Module struct {
	engine   *Engine
	code     wazero.CompiledModule
	style    Style
	segments []rewrite.Segment
	globals  []string // export names of all mutable globals
	report   Report
}

// Prepare checks, rewrites and compiles a wasm file. grants lists the
// capabilities, by name, that its imports may use. bin is not kept.
//
// # Errors
//
// A [*ModuleError] or [*VersionError] that names what does not fit, or several
// joined.
func (e *Engine) Prepare(ctx context.Context, bin []byte, grants []string) (*Module, error) {
	if err := checkHeader(bin); err != nil {
		return nil, err
	}
	imports := importCheck{engine: e, grants: grants}
	start := time.Now()
	out, err := rewrite.Rewrite(bin, rewrite.Options{Allowed: imports.allowed})
	if err != nil {
		return nil, imports.explain(err)
	}
	m := &Module{engine: e, report: Report{Report: out.Report, Rewrite: time.Since(start)}}
	for _, seg := range out.Segments {
		m.segments = append(m.segments, rewrite.Segment{Offset: seg.Offset, Data: bytes.Clone(seg.Data)})
	}
	for _, g := range out.Globals {
		m.globals = append(m.globals, g.Export)
	}
	start = time.Now()
	m.code, err = e.rt.CompileModule(experimental.WithCompilationWorkers(ctx, runtime.GOMAXPROCS(0)), out.Wasm)
	if err != nil {
		return nil, &ModuleError{Reason: "it does not compile", Err: err}
	}
	m.report.Compile = time.Since(start)
	if m.style, err = checkExports(m.code); err != nil {
		_ = m.code.Close(ctx)
		return nil, err
	}
	return m, nil
}

// importCheck decides which functions a module may import.
type importCheck struct {
	engine    *Engine
	grants    []string
	ungranted string // the first capability that was refused
}

// allowed implements [rewrite.Allowed].
func (i *importCheck) allowed(module, name string) (wasm.FuncType, bool) {
	if c, ok := i.engine.caps[module]; ok {
		if !slices.Contains(i.grants, c.Name()) {
			i.ungranted = c.Name()
			return wasm.FuncType{}, false
		}
	}
	if module == rewrite.MeterModule {
		return wasm.FuncType{}, false
	}
	host := i.engine.rt.Module(module)
	if host == nil {
		return wasm.FuncType{}, false
	}
	def, ok := host.ExportedFunctionDefinitions()[name]
	if !ok {
		return wasm.FuncType{}, false
	}
	t := wasm.FuncType{}
	for _, p := range def.ParamTypes() {
		t.Params = append(t.Params, wasm.ValueType(p))
	}
	for _, r := range def.ResultTypes() {
		t.Results = append(t.Results, wasm.ValueType(r))
	}
	return t, true
}

// explain words what the rewriter refused.
func (i *importCheck) explain(err error) error {
	var refused *rewrite.ModuleError
	var broken *wasm.FormatError
	switch {
	case i.ungranted != "":
		return &ModuleError{Reason: fmt.Sprintf("capability %q is not granted", i.ungranted), Err: err}
	case errors.As(err, &refused):
		return &ModuleError{Reason: refused.Reason}
	case errors.As(err, &broken):
		return &ModuleError{Reason: "it is broken or needs a feature that is not supported", Err: broken}
	}
	return &ModuleError{Reason: "it cannot be prepared", Err: err}
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

// Style says how the module is called.
func (m *Module) Style() Style { return m.style }

// Report says what became of the module.
func (m *Module) Report() Report { return m.report }

// Close frees the compiled code.
func (m *Module) Close(ctx context.Context) error { return m.code.Close(ctx) }
