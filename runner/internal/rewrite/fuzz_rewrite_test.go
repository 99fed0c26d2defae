package rewrite_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tetratelabs/wazero"

	"github.com/wafer-run/wafer/runner/internal/rewrite"
	"github.com/wafer-run/wafer/runner/internal/wasm"
)

// FuzzRewrite rewrites anything. The engine must take the result exactly if it takes
// the original, and must not panic on it, as it does on some modules that Rewrite refuses.
func FuzzRewrite(f *testing.F) {
	for seed := range byte(10) {
		f.Add(generate([]byte(strings.Repeat(string([]byte{seed, 77, 3 * seed, 200, seed + 9}), 30))).binary(), byte(0))
	}
	if out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/tetratelabs/wazero").Output(); err == nil {
		files, _ := filepath.Glob(filepath.Join(strings.TrimSpace(string(out)), "internal", "integration_test", "spectest", "v2", "testdata", "*.wasm"))
		for i, file := range files {
			if bin, err := os.ReadFile(file); err == nil && i%40 == 0 && len(bin) < 2000 {
				f.Add(bin, byte(i))
			}
		}
	}
	ctx := context.Background()
	rt := wazero.NewRuntimeWithConfig(ctx, wazero.NewRuntimeConfigInterpreter())
	f.Cleanup(func() { rt.Close(ctx) })
	f.Fuzz(func(t *testing.T, bin []byte, skip byte) {
		if len(bin) > 1<<14 {
			t.Skip()
		}
		r, err := rewrite.Rewrite(bin, rewrite.Options{Skip: rewrite.Pass(skip) &^ (rewrite.PassCheck | rewrite.PassCustom)})
		var fe *wasm.FormatError
		var refusal *rewrite.ModuleError
		if err != nil && !errors.As(err, &fe) && !errors.As(err, &refusal) {
			t.Fatalf("%v has no type", err)
		}
		if err != nil {
			return
		}
		if m := r.Module; len(m.Tables) > 0 && m.Tables[0].Min > 1<<16 {
			t.Skip() // the engine allocates it
		}
		ours := compile(ctx, rt, r.Wasm)
		if ours != nil && strings.HasPrefix(ours.Error(), "panic") {
			t.Fatalf("the engine panics on the result: %v", ours)
		}
		if plain := compile(ctx, rt, stripCustom(bin)); (plain == nil) != (ours == nil) {
			t.Errorf("the engine says of the original: %v; of the result: %v", plain, ours)
		}
	})
}

// stripCustom removes custom sections, in which the engine believes any count. Everything
// else stays as it is, to the byte. The binary must be one that can be parsed.
func stripCustom(bin []byte) []byte {
	out := bytes.Clone(bin[:8])
	for p := 8; p < len(bin); {
		size, n := binary.Uvarint(bin[p+1:])
		end := p + 1 + n + int(size)
		if bin[p] != 0 {
			out = append(out, bin[p:end]...)
		}
		p = end
	}
	return out
}

// compile returns why the engine refuses a module.
func compile(ctx context.Context, rt wazero.Runtime, bin []byte) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("panic: %v", r)
		}
	}()
	cm, err := rt.CompileModule(ctx, bin)
	if err == nil {
		err = cm.Close(ctx)
	}
	return err
}
