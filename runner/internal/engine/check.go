package engine

import (
	"errors"
	"fmt"
	"sort"
	"strconv"
	"strings"

	"github.com/wafer-run/wafer/abi"
	"github.com/wafer-run/wafer/runner/internal/rewrite"
	"github.com/wafer-run/wafer/runner/internal/wasm"
)

// Style says how a module is called.
type Style uint8

const (
	// Reactor modules export the ABI's entry point.
	Reactor Style = iota
	// Command modules are WASI commands: one run per event.
	Command
)

// String returns reactor or command.
func (s Style) String() string {
	if s == Command {
		return "command"
	}
	return "reactor"
}

// checkExports finds out how a module is called, and reports every export that
// is missing or has the wrong type.
func checkExports(m *wasm.Module) (Style, error) {
	funcs, memory := exportsOf(m)
	_, entry := funcs[abi.ExportCall]
	_, start := funcs[abi.ExportStart]
	if !entry {
		if v, ok := otherVersion(funcs); ok {
			return 0, &VersionError{Guest: v, Host: abi.Version}
		}
		if !start {
			return 0, &ModuleError{Reason: fmt.Sprintf(
				"it exports neither %s (a function, see abi/ABI.md) nor %s (a WASI command); it exports %s",
				abi.ExportCall, abi.ExportStart, list(funcs))}
		}
	}
	var errs []error
	want := func(name string, params, results int) {
		if f, ok := funcs[name]; ok {
			if got := f.String(); got != signatureI32(params, results) {
				errs = append(errs, &ModuleError{Reason: fmt.Sprintf("export %s has type %s, want %s", name, got, signatureI32(params, results))})
			}
		}
	}
	want(abi.ExportCall, 2, 1)
	want(abi.ExportInitialize, 0, 0)
	want(abi.ExportStart, 0, 0)
	if !memory {
		errs = append(errs, &ModuleError{Reason: fmt.Sprintf("it does not export its memory as %q", abi.ExportMemory)})
	}
	if len(errs) > 0 {
		return 0, errors.Join(errs...)
	}
	if entry {
		return Reactor, nil
	}
	return Command, nil
}

// exportsOf returns the functions that the guest itself exports, and whether
// it exports its memory.
func exportsOf(m *wasm.Module) (funcs map[string]wasm.FuncType, memory bool) {
	types := m.FuncTypeIndexes()
	funcs = map[string]wasm.FuncType{}
	for _, x := range m.Exports {
		switch {
		case x.Kind == wasm.ExternFunc && !strings.HasPrefix(x.Name, rewrite.ReservedPrefix):
			funcs[x.Name] = m.Types[types[x.Index]]
		case x.Kind == wasm.ExternMemory && x.Name == abi.ExportMemory:
			memory = true
		}
	}
	return funcs, memory
}

// otherVersion finds an entry point of another version of the ABI.
func otherVersion(funcs map[string]wasm.FuncType) (int, bool) {
	for name := range funcs {
		v, ok := strings.CutPrefix(name, abi.ExportCallPrefix)
		if !ok {
			continue
		}
		v, ok = strings.CutSuffix(v, abi.ExportCallSuffix)
		if n, err := strconv.Atoi(v); ok && err == nil {
			return n, true
		}
	}
	return 0, false
}

// list names some exports, for errors.
func list(funcs map[string]wasm.FuncType) string {
	if len(funcs) == 0 {
		return "no functions"
	}
	names := make([]string, 0, len(funcs))
	for name := range funcs {
		names = append(names, name)
	}
	sort.Strings(names)
	const most = 8
	if len(names) > most {
		return strings.Join(names[:most], ", ") + fmt.Sprintf(" and %d more", len(names)-most)
	}
	return strings.Join(names, ", ")
}

func signatureI32(params, results int) string {
	ts := func(n int) []wasm.ValueType {
		t := make([]wasm.ValueType, n)
		for i := range t {
			t[i] = wasm.I32
		}
		return t
	}
	return wasm.FuncType{Params: ts(params), Results: ts(results)}.String()
}
