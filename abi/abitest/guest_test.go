package abitest

import (
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/imports/wasi_snapshot_preview1"
)

func hexOf(v Vector) string { return hex.EncodeToString(v.Bytes()) }

// TestVectorsInGuest runs the codec where guests run it: as wasm, in a sandbox.
func TestVectorsInGuest(t *testing.T) {
	wasm := filepath.Join(t.TempDir(), "guest.wasm")
	build := exec.Command("go", "build", "-o", wasm, "./testdata/guest")
	build.Env = append(os.Environ(), "GOOS=wasip1", "GOARCH=wasm", "GOFLAGS=", "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("building the guest: %v\n%s", err, out)
	}
	binary, err := os.ReadFile(wasm)
	if err != nil {
		t.Fatal(err)
	}

	ctx := context.Background()
	engine := wazero.NewRuntime(ctx)
	t.Cleanup(func() { _ = engine.Close(ctx) })
	wasi_snapshot_preview1.MustInstantiate(ctx, engine)
	var stdout, stderr bytes.Buffer
	conf := wazero.NewModuleConfig().WithStdout(&stdout).WithStderr(&stderr)
	if _, err := engine.InstantiateWithConfig(ctx, binary, conf); err != nil {
		t.Fatalf("running the guest: %v\n%s", err, &stderr)
	}

	var got, want []Result
	for dec := json.NewDecoder(&stdout); dec.More(); {
		var res Result
		if err := dec.Decode(&res); err != nil {
			t.Fatal(err)
		}
		if res.Failure != "" {
			t.Errorf("in the guest: %s: %s", res.Name, res.Failure)
		}
		got = append(got, res)
	}
	for _, v := range Vectors() {
		want = append(want, v.Run())
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("guest and host differ (-host +guest):\n%s", diff)
	}
}
