package stack

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestTrim(t *testing.T) {
	for _, tc := range []struct {
		name, path, function string
		want                 Frame
	}{
		{"program", "/code/main.go", "main.handle", Frame{"code/main.go", 7, "handle"}},
		{"closure", "/code/main.go", "main.handle.func1", Frame{"code/main.go", 7, "handle.func1"}},
		{"runtime", "/usr/local/go/src/runtime/panic.go", "runtime.gopanic", Frame{"runtime/panic.go", 7, "gopanic"}},
		{
			"method in a nested package", "/go/src/github.com/a/b/c/f.go", "github.com/a/b/c.(*T).Run",
			Frame{"github.com/a/b/c/f.go", 7, "(*T).Run"},
		},
		{
			"generic with a path in its arguments", "/src/a.org/b/f.go", "a.org/b.Map[...]",
			Frame{"a.org/b/f.go", 7, "Map[...]"},
		},
		{"trimmed to the import path", "a.org/b/f.go", "a.org/b.F", Frame{"a.org/b/f.go", 7, "F"}},
		{"path shorter than the import path", "f.go", "a.org/b.F", Frame{"f.go", 7, "F"}},
		{"assembly without position", "", "runtime.goexit", Frame{"", 7, "goexit"}},
		{"nothing", "", "", Frame{"", 7, ""}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if diff := cmp.Diff(tc.want, trim(tc.path, 7, tc.function)); diff != "" {
				t.Errorf("frame (-want +got):\n%s", diff)
			}
		})
	}
}

func TestCapture(t *testing.T) {
	here := func() []Frame { return Capture(0) }
	caller := func() []Frame { return Capture(1) }
	if got := here()[0].Label; got != "TestCapture.func1" {
		t.Errorf("innermost label is %q", got)
	}
	if got := caller()[0].Label; got != "TestCapture" {
		t.Errorf("innermost label is %q with one frame skipped", got)
	}
	if got := here()[0].Path; !strings.HasSuffix(got, "internal/stack/stack_test.go") {
		t.Errorf("path is %q", got)
	}
	if got := here()[0].Line; got <= 0 {
		t.Errorf("line is %d", got)
	}
}

func TestCaptureIsLimited(t *testing.T) {
	var dive func(n int) []Frame
	dive = func(n int) []Frame {
		if n == 0 {
			return Capture(0)
		}
		return dive(n - 1)
	}
	if got := len(dive(2 * Depth)); got != Depth {
		t.Errorf("%d frames, want %d", got, Depth)
	}
	if got := dive(0); got[len(got)-1].Label != "goexit" {
		t.Errorf("outermost label is %q", got[len(got)-1].Label)
	}
}
