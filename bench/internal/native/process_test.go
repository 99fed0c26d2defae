package native_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/wafer-run/wafer/bench/internal/native"
)

// build compiles a program of the tree or of the test's own.
func build(t *testing.T, pkg string) native.Process {
	t.Helper()
	file := filepath.Join(t.TempDir(), "program")
	out, err := exec.CommandContext(t.Context(), "go", "build", "-o", file, pkg).CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return native.Process{Path: file}
}

func TestFirstResponse(t *testing.T) {
	if testing.Short() {
		t.Skip("compiles a whole guest")
	}
	p := build(t, "../../testdata/native")
	event := []byte(`{"key":"value"}`)
	for range 3 { // whoever waited for a second event must not take the next one
		took, err := p.FirstResponse(t.Context(), event, []byte(`"hello, value!"`))
		if err != nil {
			t.Fatal(err)
		}
		if took <= 0 {
			t.Errorf("it took %v", took)
		}
	}
	for _, tc := range []struct{ event, want, message string }{
		{`{"key":"other"}`, `"hello, value!"`, `posted the response "\"hello, other!\""`},
		{`not json`, `"hello, value!"`, `posted the error`},
	} {
		if _, err := p.FirstResponse(t.Context(), []byte(tc.event), []byte(tc.want)); err == nil || !strings.Contains(err.Error(), tc.message) {
			t.Errorf("event %s: error %v, want %q in it", tc.event, err, tc.message)
		}
	}
}

func TestFirstResponseOfTheDead(t *testing.T) {
	file := filepath.Join(t.TempDir(), "main.go")
	const dying = "package main\n\nfunc main() { panic(\"no luck today\") }\n"
	if err := os.WriteFile(file, []byte(dying), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := build(t, file).FirstResponse(t.Context(), nil, nil); err == nil || !strings.Contains(err.Error(), "no luck today") {
		t.Errorf("error %v, want what the program said", err)
	}
	if _, err := (native.Process{Path: file + ".none"}).FirstResponse(t.Context(), nil, nil); err == nil {
		t.Error("a program that does not exist has answered")
	}
}
