package code

import (
	"context"
	"fmt"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/experimental"
)

// Mode says how code is in memory.
type Mode uint8

const (
	// Absent code is not in memory.
	Absent Mode = iota
	// Mapped code is a private mapping of a file.
	Mapped
	// Copied code was read from a file into private memory.
	Copied
	// Compiled code was loaded by wazero in the ordinary way.
	Compiled
)

// String returns "absent", "mapped", "copied" or "compiled".
func (m Mode) String() string {
	switch m {
	case Absent:
		return "absent"
	case Mapped:
		return "mapped"
	case Copied:
		return "copied"
	case Compiled:
		return "compiled"
	}
	return "unknown"
}

// MarshalText makes modes readable in reports.
func (m Mode) MarshalText() ([]byte, error) { return []byte(m.String()), nil }

// resident is code in memory.
type resident struct {
	module wazero.CompiledModule
	mode   Mode
	reason string // why it is not mapped
	size   int64  // bytes of machine code
	cost   int64  // bytes of private memory, estimated
}

// What code costs in private memory, by measurement (see the benchmarks):
// little of a husk, be it decoded types or entry points. Of a module that
// wazero has compiled itself it keeps the machine code, which is about six
// times the size of the wasm, and the wasm decoded.
const (
	perFunction   = 256
	perModule     = 20 << 10
	codePerByte   = 6
	memoryPerByte = 8
)

// compile compiles with a number of workers. They share nothing, which is worth
// it for large modules only.
func compile(ctx context.Context, rt wazero.Runtime, bin []byte, workers int) (cm wazero.CompiledModule, err error) {
	defer func() {
		if p := recover(); p != nil { // wazero panics when the system has no memory for code
			cm, err = nil, fmt.Errorf("code: compiling module: %v", p)
		}
	}()
	cm, err = rt.CompileModule(experimental.WithCompilationWorkers(ctx, workers), bin)
	if err != nil {
		return nil, &CompileError{err}
	}
	return cm, nil
}
