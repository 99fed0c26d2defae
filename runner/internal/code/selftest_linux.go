//go:build linux && !wafer_portable

package code

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"github.com/tetratelabs/wazero"
)

// selfTest replaces the code of a small husk and calls it. It returns the
// machine code, which stands for the compiler that made it.
func selfTest(ctx context.Context, config wazero.RuntimeConfig) ([]byte, error) {
	fail := func(err error) ([]byte, error) { return nil, fmt.Errorf("code: testing husks: %w", err) }
	rt := wazero.NewRuntimeWithConfig(ctx, config)
	defer rt.Close(ctx)
	m := probe()
	full, err := rt.CompileModule(ctx, m.Encode())
	if err != nil {
		return fail(err)
	}
	from, err := dissect(full)
	if err != nil {
		return fail(err)
	}
	machineCode := bytes.Clone(*from.code)
	h := newHusk(m, nil)
	husk, err := rt.CompileModule(ctx, h.wasm)
	if err != nil {
		return fail(err)
	}
	to, err := dissect(husk)
	if err != nil {
		return fail(err)
	}
	code, err := copyCode(bytes.NewReader(machineCode), len(machineCode))
	if err != nil {
		return fail(err)
	}
	var offsets []int
	for _, fn := range h.kept {
		offsets = append(offsets, (*from.offsets)[fn])
	}
	if err := to.replace(code, offsets); err != nil {
		return fail(err)
	}
	in, err := rt.InstantiateModule(ctx, husk, wazero.NewModuleConfig().WithName(""))
	if err != nil {
		return fail(err)
	}
	got, err := in.ExportedFunction("test").Call(ctx, 40)
	if err != nil {
		return fail(err)
	}
	if len(got) != 1 || got[0] != 42 {
		return fail(fmt.Errorf("got %d, want 42", got))
	}
	if _, err := in.ExportedFunction("trap").Call(ctx); err == nil {
		return fail(errors.New("no trap"))
	}
	return machineCode, nil
}
