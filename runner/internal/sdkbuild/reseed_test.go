package sdkbuild_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/wafer-run/wafer/runner/internal/sdkbuild"
)

// drawer answers with everything random that a Go program can draw without
// asking the host. It seeds math/rand the way programs did before Go 1.20.
const drawer = `package main

import (
	"fmt"
	"hash/maphash"
	"math/rand"
	randv2 "math/rand/v2"

	"github.com/aliyun/fc-runtime-go-sdk/fc"
)

var old = fill(1000)

// few has one group of slots, which is iterated by another code path.
var few = fill(8)

func init() { rand.Seed(42) }

func fill(n int) map[int]bool {
	m := map[int]bool{}
	for i := 0; i < n; i++ {
		m[i] = true
	}
	return m
}

func order(m map[int]bool) string {
	s := ""
	for k := range m {
		s += fmt.Sprint(k, " ")
	}
	return s
}

// choices is the order in which select takes equal cases.
func choices() string {
	a, b := make(chan int, 64), make(chan int, 64)
	for i := 0; i < 64; i++ {
		a <- i
		b <- i
	}
	s := ""
	for i := 0; i < 64; i++ {
		select {
		case <-a:
			s += "a"
		case <-b:
			s += "b"
		}
	}
	return s
}

func draw() (map[string]string, error) {
	fews := ""
	for i := 0; i < 20; i++ {
		fews += order(few)
	}
	var h maphash.Hash
	h.SetSeed(maphash.MakeSeed())
	h.WriteString("text")
	return map[string]string{
		"math/rand":      fmt.Sprint(rand.Int63(), rand.Perm(20)),
		"math/rand/v2":   fmt.Sprint(randv2.Uint64(), randv2.Perm(20)),
		"maphash seed":   fmt.Sprint(h.Sum64()),
		"maphash zero":   fmt.Sprint(new(maphash.Hash).Sum64()),
		"old map order":  order(old),
		"few map order":  fews,
		"new map order":  order(fill(1000)),
		"select choices": choices(),
	}, nil
}

func main() { fc.Start(draw) }
`

// draws invokes the drawer.
func draws(t *testing.T, in instance, entropy []byte) map[string]string {
	t.Helper()
	var got map[string]string
	if err := json.Unmarshal([]byte(in.invoke(t, "", entropy)), &got); err != nil {
		t.Fatal(err)
	}
	return got
}

// compare checks that two draws are equal in everything, or in nothing.
func compare(t *testing.T, a, b map[string]string, equal bool) {
	t.Helper()
	for what := range a {
		if (a[what] == b[what]) != equal {
			t.Errorf("%s: equal is %v, want %v:\n%s\n%s", what, !equal, equal, a[what], b[what])
		}
	}
}

// used boots an instance and lets it draw, so that the state that is copied
// later lies somewhere in the middle of its buffers.
func used(t *testing.T, h *host) instance {
	t.Helper()
	in := h.boot(t)
	compare(t, draws(t, in, nil), draws(t, in, nil), false)
	return in
}

func entropy(b byte) []byte { return bytes.Repeat([]byte{b}, 32) }

func TestReseed(t *testing.T) {
	t.Parallel()
	dir := tree{"go.mod": "module drawer\n\ngo 1.18\n" + requireSDK, "main.go": drawer}.write(t, "drawer")
	result := mustBuild(t, sdkbuild.Options{Dir: dir})
	if !result.Reseed || len(result.Warnings) != 0 {
		t.Fatalf("reseed %v, warnings %q", result.Reseed, result.Warnings)
	}
	h := newHost(t, result.Output)
	snapshot := used(t, h)

	cases := map[string]struct {
		first, second []byte
		equal         bool
	}{
		"no entropy":        {nil, nil, true},
		"same entropy":      {entropy(1), entropy(1), true},
		"different entropy": {entropy(1), entropy(2), false},
		"one without":       {entropy(1), nil, false},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			a, b := h.clone(t, snapshot), h.clone(t, snapshot)
			compare(t, draws(t, a, c.first), draws(t, b, c.second), c.equal)
			// Nothing falls back to the shared past later on.
			compare(t, draws(t, a, nil), draws(t, b, nil), c.equal)
		})
	}
}

// TestReseedRefused builds with a toolchain whose runtime has no place for the
// addition: a go command that reports so.
func TestReseedRefused(t *testing.T) {
	t.Parallel()
	dir := tree{"go.mod": "module drawer\n\ngo 1.18\n" + requireSDK, "main.go": drawer}.write(t, "drawer")
	result := mustBuild(t, sdkbuild.Options{Dir: dir, Go: wrapGo(t, `
case "$*" in build*wafer_reseed*)
	echo "# runtime" >&2
	echo "wafer_reseed_wasip1.go:24:2: undefined: globalRand" >&2
	exit 1
esac`)})
	if result.Reseed || len(result.Warnings) != 1 || !strings.Contains(result.Warnings[0], "does not take the addition") {
		t.Fatalf("reseed %v, warnings %q", result.Reseed, result.Warnings)
	}
	h := newHost(t, result.Output)
	snapshot := used(t, h)
	a, b := h.clone(t, snapshot), h.clone(t, snapshot)
	compare(t, draws(t, a, entropy(1)), draws(t, b, entropy(2)), true)
}

// wrapGo returns a go command that runs a piece of shell script first.
func wrapGo(t *testing.T, script string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "go")
	text := "#!/bin/sh\n" + script + "\nexec go \"$@\"\n"
	if err := os.WriteFile(file, []byte(text), 0o700); err != nil {
		t.Fatal(err)
	}
	return file
}
