package guesttest

import (
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"

	"github.com/wafer-run/wafer/abi"
)

// runtimeReseed is a file as the build command adds it to package runtime.
const runtimeReseed = `package runtime

import _ "unsafe"

//go:linkname waferReseed
func waferReseed(a, b, c, d uint64) {
	globalRand.state.Init64([4]uint64{a, b, c, d})
	mrandinit(getg().m)
}
`

// TestReseed builds with such a file and checks that entropy decides what
// math/rand says.
func TestReseed(t *testing.T) {
	if testing.Short() {
		t.Skip("compiles the standard library anew")
	}
	dir := t.TempDir()
	root := strings.TrimSpace(goTool(t, ".", nil, "env", "GOROOT"))
	added := filepath.Join(root, "src", "runtime", "wafer_reseed.go")
	write(t, filepath.Join(dir, "reseed.go"), runtimeReseed)
	overlay, err := json.Marshal(map[string]map[string]string{
		"Replace": {added: filepath.Join(dir, "reseed.go")},
	})
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, "overlay.json"), string(overlay))
	flags := []string{"-overlay=" + filepath.Join(dir, "overlay.json"), "-tags=wafer_reseed"}

	random := func(entropy string) string {
		h := booted(t, "event", flags...)
		q := abi.Request{Entropy: []byte(entropy), Body: []byte(`{"Op":"random"}`)}
		return string(h.must(abi.KindInvoke, q.AppendTo(nil)).Payload)
	}
	a, b := strings.Repeat("a", 32), strings.Repeat("b", 32)
	if x, y := random(a), random(a); x != y {
		t.Errorf("same entropy, different numbers: %s and %s", x, y)
	}
	if x, y := random(a), random(b); x == y {
		t.Errorf("different entropy, same number %s", x)
	}
	if x, y := random(a[:31]), random(a[:31]); x == y {
		t.Errorf("entropy of 31 bytes must be ignored, but decided the number %s", x)
	}
}
