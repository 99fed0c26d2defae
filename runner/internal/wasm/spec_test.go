package wasm_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"

	"github.com/wafer-run/wafer/runner/internal/wasm"
)

// specModules returns the binaries of the WebAssembly test suite that the
// engine's own tests use, all versions and proposals.
func specModules(t testing.TB) []string {
	t.Helper()
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/tetratelabs/wazero").Output()
	if err != nil {
		t.Fatalf("finding the engine's source: %v", err)
	}
	dir := filepath.Join(strings.TrimSpace(string(out)), "internal", "integration_test", "spectest")
	files, err := filepath.Glob(filepath.Join(dir, "*", "testdata", "*.wasm"))
	if err != nil || len(files) == 0 {
		t.Logf("NOT TESTED: no spec test binaries below %s (%v)", dir, err)
	}
	return files
}

// walk visits every instruction.
func walk(m *wasm.Module) error {
	for i := range m.Codes {
		c := wasm.NewCode(&m.Codes[i], i)
		for c.Next() {
		}
		if err := c.Err(); err != nil {
			return err
		}
	}
	return nil
}

// compiles reports whether the engine takes the module as core 2.0. It panics on some
// that have wrong indexes.
func compiles(ctx context.Context, rt wazero.Runtime, bin []byte) (ok bool) {
	defer func() {
		if recover() != nil {
			ok = false
		}
	}()
	cm, err := rt.CompileModule(ctx, bin)
	if err != nil {
		return false
	}
	cm.Close(ctx)
	return true
}

func TestSpecModules(t *testing.T) {
	if testing.Short() {
		t.Skip("thousands of modules")
	}
	ctx := context.Background()
	rt := wazero.NewRuntimeWithConfig(ctx, wazero.NewRuntimeConfigInterpreter().WithCoreFeatures(api.CoreFeaturesV2))
	defer rt.Close(ctx)
	parsed, refused := 0, 0
	files := specModules(t)
	if len(files) == 0 {
		t.Skip("SKIPPED, NOT TESTED: no spec test binaries")
	}
	for _, file := range files {
		bin, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		m, err := wasm.Parse(bin)
		if err == nil {
			err = walk(m)
		}
		if err != nil {
			refused++
			var fe *wasm.FormatError
			if !errors.As(err, &fe) {
				t.Errorf("%s: %v is no FormatError", filepath.Base(file), err)
			} else if fe.Kind != wasm.Unsupported && compiles(ctx, rt, bin) {
				t.Errorf("%s: the engine takes it, but: %v", file, err)
			}
			continue
		}
		parsed++
		enc := m.Encode()
		again, err := wasm.Parse(enc)
		if err != nil {
			t.Errorf("%s: parsing it again: %v", file, err)
			continue
		}
		if !bytes.Equal(enc, again.Encode()) {
			t.Errorf("%s: encoding is not stable", file)
		}
		if got, want := compiles(ctx, rt, enc), compiles(ctx, rt, bin); got != want {
			t.Errorf("%s: the engine takes the original: %v, the encoded one: %v", file, want, got)
		}
	}
	t.Logf("%d parsed, %d refused", parsed, refused)
	if parsed < 1000 || refused < 100 {
		t.Errorf("%d parsed and %d refused: fewer than expected", parsed, refused)
	}
}
