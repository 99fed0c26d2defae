package rewrite

import (
	"strings"

	"github.com/wafer-run/wafer/runner/internal/wasm"
)

// Allowed reports whether a function may be imported, and with which type.
type Allowed func(module, name string) (wasm.FuncType, bool)

// Check refuses a module that imports anything but granted functions, has too many
// globals, or uses a name that rewriting reserves. A nil allowed grants every function.
//
// # Errors
//
// A [*ModuleError] names the first import or export that is refused.
func Check(m *wasm.Module, allowed Allowed) error {
	for i := range m.Imports {
		imp := &m.Imports[i]
		if imp.Kind != wasm.ExternFunc {
			return refuse(PassCheck, "import %q %q is a %s: only functions can be imported", imp.Module, imp.Name, imp.Kind)
		}
		if imp.Module == MeterModule {
			return refuse(PassCheck, "import %q %q is reserved", imp.Module, imp.Name)
		}
		if allowed == nil {
			continue
		}
		want, ok := allowed(imp.Module, imp.Name)
		if !ok {
			return refuse(PassCheck, "import %q %q is not granted", imp.Module, imp.Name)
		}
		if have := m.Types[imp.Type]; !have.Equal(want) {
			return refuse(PassCheck, "import %q %q has type %s, want %s", imp.Module, imp.Name, have, want)
		}
	}
	if len(m.Memories) > 1 {
		return refuse(PassCheck, "%d memories, want at most one", len(m.Memories))
	}
	if n := len(m.Globals); n > MaxGlobals {
		return refuse(PassCheck, "it has %d globals, the limit is %d", n, MaxGlobals)
	}
	for _, e := range m.Exports {
		if strings.HasPrefix(e.Name, ReservedPrefix) {
			return refuse(PassCheck, "export %q: names that start with %q are reserved", e.Name, ReservedPrefix)
		}
	}
	return nil
}
