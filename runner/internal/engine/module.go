package engine

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc64"
	"slices"
	"time"

	"github.com/wafer-run/wafer/abi"
	"github.com/wafer-run/wafer/runner/internal/code"
	"github.com/wafer-run/wafer/runner/internal/rewrite"
	"github.com/wafer-run/wafer/runner/internal/wasm"
)

// Report says what became of a module.
type Report struct {
	rewrite.Report
	// What preparing it took: parsing, rewriting and encoding, which is zero when
	// only compiling was left to do, and then compiling. When Code.Stored is set
	// that was earlier, and Lookup is what finding it took now.
	Rewrite, Compile, Lookup time.Duration
	Code                     code.Info
}

// Module is a prepared guest. It is safe for concurrent use. Close it when
// every instance of it has been closed.
type Module struct {
	engine   *Engine
	code     *code.Code
	style    Style
	checksum uint64
	globals  []string // export names of all mutable globals
	listens  bool     // it imports abi.ImportListen
	report   Report
	stacks   stacks
	pace     pace
}

// Prepare checks, rewrites and compiles a wasm file, unless that has been done
// before: then it only looks up what came of it. grants lists the
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
	imports := &importCheck{engine: e, grants: grants}
	key := code.KeyOf(bin)
	start := time.Now()
	if c := e.codes.Lookup(ctx, key); c != nil && len(c.Note()) == noteSize {
		return e.stored(c, imports, time.Since(start))
	} else if c != nil {
		c.Close()
	}
	out, err := rewrite.Rewrite(bin, rewrite.Options{Allowed: imports.allowed})
	if err != nil {
		return nil, imports.explain(err)
	}
	style, err := checkExports(out.Module)
	if err != nil {
		return nil, err
	}
	rewritten := time.Now()
	sum := crc64.Checksum(bin, crc64.MakeTable(crc64.ECMA))
	c, err := e.codes.Prepare(ctx, key, out, binary.LittleEndian.AppendUint64([]byte{byte(style)}, sum))
	var refused *code.CompileError
	if errors.As(err, &refused) {
		return nil, &ModuleError{Reason: "it does not compile", Err: refused.Err}
	}
	if err != nil {
		return nil, fmt.Errorf("engine: preparing module: %w", err)
	}
	r := Report{Report: c.Report(), Rewrite: rewritten.Sub(start), Compile: time.Since(rewritten)}
	return e.module(c, r), nil
}

// noteSize is the length of what is noted of a module: a byte for its style,
// and the checksum of the file, which takes a while to compute.
const noteSize = 1 + 8

// stored makes a module of one that has been prepared before. Its exports have
// been checked then; what it may import depends on who loads it.
func (e *Engine) stored(c *code.Code, imports *importCheck, took time.Duration) (*Module, error) {
	m := &wasm.Module{}
	for i, imp := range c.Imports() {
		m.Types = append(m.Types, imp.Type)
		m.Imports = append(m.Imports, wasm.Import{Module: imp.Module, Name: imp.Name, Kind: wasm.ExternFunc, Type: uint32(i)})
	}
	if err := rewrite.Check(m, imports.allowed); err != nil {
		c.Close()
		return nil, imports.explain(err)
	}
	r := Report{Report: c.Report()}
	i := c.Info()
	if !i.Stored { // all but its code was
		r.Compile = took
		return e.module(c, r), nil
	}
	r.Compile, r.Lookup = i.Compile, took
	for _, d := range r.Durations {
		r.Rewrite += d.Time
	}
	return e.module(c, r), nil
}

// module makes a module of prepared code with its note.
func (e *Engine) module(c *code.Code, r Report) *Module {
	m := &Module{
		engine: e, code: c,
		style: Style(c.Note()[0]), checksum: binary.LittleEndian.Uint64(c.Note()[1:]),
		report: r,
	}
	m.listens = slices.Contains(m.report.Imports, abi.Module+"."+abi.ImportListen)
	for _, g := range c.Globals() {
		m.globals = append(m.globals, g.Export)
	}
	return m
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

// Globals returns how many mutable globals a snapshot of the module holds.
func (m *Module) Globals() int { return len(m.globals) }

// Listens reports whether the module can be a server.
func (m *Module) Listens() bool { return m.listens }

// Report says what became of the module.
func (m *Module) Report() Report {
	r := m.report
	r.Code = m.code.Info()
	return r
}

// Checksum is the CRC-64 (ECMA) of the wasm file.
func (m *Module) Checksum() uint64 { return m.checksum }

// Hash is the SHA-256 of the wasm file.
func (m *Module) Hash() code.Key { return m.code.Key() }

// Digest names the module as it was rewritten. What is saved of an instance
// fits only instances of modules with the same digest.
func (m *Module) Digest() code.Digest { return m.code.Digest() }

// Touch notes that the files the module is kept in are in use.
func (m *Module) Touch(now time.Time) { m.code.Touch(now) }

// Close gives up the code. It may be called more than once.
func (m *Module) Close(context.Context) error {
	m.code.Close()
	return nil
}
