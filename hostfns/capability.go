package hostfns

import (
	"context"
	"fmt"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
)

// Func is one host function.
type Func struct {
	Name    string
	Params  []api.ValueType
	Results []api.ValueType
	// Do runs the function. Arguments are in stack, results go to its start.
	// ctx is the running call's; capabilities find their per-instance state
	// in it. A panic with an error ends the call and the instance.
	Do func(ctx context.Context, mem Memory, stack []uint64)
}

// Capability is one group of host functions that is granted as a whole. Its
// methods must always return the same.
type Capability interface {
	// Name is how a grant spells it, for example "logs".
	Name() string
	// Module is the import module, for example "wafer_log_v1".
	Module() string
	// Funcs lists the module's functions.
	Funcs() []Func
}

// Register makes c's functions available to modules in rt. It is called once
// per runtime; whether a module may import them is decided when it is loaded.
func Register(ctx context.Context, rt wazero.Runtime, c Capability) error {
	b := rt.NewHostModuleBuilder(c.Module())
	for _, f := range c.Funcs() {
		name := c.Module() + "." + f.Name
		do := f.Do
		b = b.NewFunctionBuilder().WithGoModuleFunction(
			api.GoModuleFunc(func(ctx context.Context, m api.Module, stack []uint64) {
				do(ctx, NewMemory(name, m), stack)
			}), f.Params, f.Results).Export(f.Name)
	}
	if _, err := b.Instantiate(ctx); err != nil {
		return fmt.Errorf("hostfns: registering capability %s: %w", c.Name(), err)
	}
	return nil
}
