package guesttest

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// goTool runs the go command in dir and returns what it printed on stdout.
func goTool(t testing.TB, dir string, env []string, args ...string) string {
	t.Helper()
	var stdout, stderr strings.Builder
	cmd := exec.Command("go", args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOFLAGS=")
	cmd.Env = append(cmd.Env, env...)
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		t.Fatalf("go %s: %v\n%s%s", strings.Join(args, " "), err, stdout.String(), stderr.String())
	}
	return stdout.String()
}

var wasip1 = []string{"GOOS=wasip1", "GOARCH=wasm"}

// builds holds the modules built so far, by tags.
var builds struct {
	sync.Mutex
	wasm map[string][]byte
}

// function returns testdata/function as a reactor.
func function(t testing.TB, flags ...string) []byte {
	t.Helper()
	builds.Lock()
	defer builds.Unlock()
	key := strings.Join(flags, " ")
	if wasm, ok := builds.wasm[key]; ok {
		return wasm
	}
	out := filepath.Join(t.TempDir(), "function.wasm")
	args := append([]string{"build", "-buildmode=c-shared", "-trimpath", "-o", out}, flags...)
	goTool(t, ".", wasip1, append(args, "./testdata/function")...)
	wasm, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	if builds.wasm == nil {
		builds.wasm = map[string][]byte{}
	}
	builds.wasm[key] = wasm
	return wasm
}
