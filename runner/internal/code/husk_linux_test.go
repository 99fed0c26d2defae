//go:build linux && !wafer_portable

package code

import (
	"context"
	"errors"
	"os"
	"runtime/debug"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/tetratelabs/wazero"

	"github.com/wafer-run/wafer/runner/internal/wasm"
)

func TestHusk(t *testing.T) {
	all := make([]uint32, len(subjectModule().Functions)+1)
	for i := range all {
		all[i] = uint32(i)
	}
	few := subjectModule()
	few.Exports = []wasm.Export{{Name: "count", Index: 4}, {Name: "twice", Index: 0}, {Name: "swap", Index: 10}}
	few.Globals = append(few.Globals, wasm.Global{
		GlobalType: wasm.GlobalType{Type: wasm.FuncRef}, Init: wasm.ConstExpr{Op: wasm.OpRefFunc, Value: 12},
	})
	few.Types = append(few.Types, wasm.FuncType{})
	few.Functions = append(few.Functions, uint32(len(few.Types)-1))
	few.Codes = append(few.Codes, body(0x0b))
	start := uint32(13)
	few.Start = &start
	none := &wasm.Module{
		Types: few.Types, Functions: few.Functions[:3], Imports: few.Imports, Memories: few.Memories,
		Codes: []wasm.FuncBody{body(0x0b), body(0x0b), body(0x0b)},
	}
	tests := []struct {
		name string
		m    *wasm.Module
		kept []uint32
	}{
		{"references in code", referring(), all},
		// exports 4 and 10, elements 1, 2 and 4, global 12, start 13: one less
		// without the import, and each followed by the gap behind it
		{"few", few, []uint32{0, 1, 2, 3, 4, 9, 10, 11, 12}},
		{"none", none, []uint32{0}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			before := test.m.Encode()
			h := newHusk(test.m, []byte("tag"))
			if diff := cmp.Diff(test.kept, h.kept); diff != "" {
				t.Errorf("kept (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(before, test.m.Encode()); diff != "" {
				t.Error("the module has changed")
			}
			m, err := wasm.Parse(h.wasm)
			if err != nil {
				t.Fatal(err)
			}
			// What is kept under another number has the type it had.
			was, is := test.m.FuncTypeIndexes(), m.FuncTypeIndexes()
			for i, x := range test.m.Exports {
				if x.Kind == wasm.ExternFunc && was[x.Index] != is[m.Exports[i].Index] {
					t.Errorf("export %s has type %d, want %d", x.Name, is[m.Exports[i].Index], was[x.Index])
				}
			}
			if len(m.Types) != len(test.m.Types) || len(m.Globals) != len(test.m.Globals) || len(m.Datas) != len(test.m.Datas) {
				t.Error("the husk has another shape")
			}
			other := newHusk(test.m, []byte("other"))
			if string(other.wasm) == string(h.wasm) {
				t.Error("the tag is not a part of it")
			}
		})
	}
}

// TestFramesOfHusks makes sure that stack traces name what they can, and
// nothing that was not called.
func TestFramesOfHusks(t *testing.T) {
	s := open(t, Options{Dir: t.TempDir()})
	c := prepare(t, s, subject(t, 0))
	host(t, s.Runtime(), c.Imports())
	l := acquire(t, c)
	defer l.Release()
	m := start(t, s, c, l)
	got := call(m, "indirect", 4, 1)
	want := "indirect[4 1] = error wasm error: invalid table access\nwasm stack trace:\n\t.guest code()\n\t.$4(i32,i32) i32"
	if got != want {
		t.Errorf("got %s\nwant %s", got, want)
	}
}

func TestCPUFeatures(t *testing.T) {
	tests := []struct{ name, cpuinfo, want string }{
		{"amd64", "processor\t: 0\nflags\t\t: fpu sse2\nbugs\t: x\n\nprocessor\t: 1\nflags\t: other\n", "fpu sse2"},
		{"arm64", "processor : 0\nFeatures : fp asimd\n", "fp asimd"},
		{"none", "processor : 0\n", ""},
		{"empty", "flags :\n", ""},
		{"nothing", "", ""},
	}
	for _, test := range tests {
		got, err := cpuFeatures(strings.NewReader(test.cpuinfo))
		if got != test.want || (err == nil) != (test.want != "") {
			t.Errorf("%s: %q, %v, want %q", test.name, got, err, test.want)
		}
	}
}

func TestCheckWazero(t *testing.T) {
	dep := func(version string, replace *debug.Module) *debug.BuildInfo {
		return &debug.BuildInfo{Deps: []*debug.Module{{Path: "other"}, {Path: wazeroPath, Version: version, Replace: replace}}}
	}
	tests := []struct {
		name string
		info *debug.BuildInfo
		want string
	}{
		{"as tested", dep(wazeroVersion, nil), ""},
		{"unknown", &debug.BuildInfo{}, ""},
		{"none", nil, ""},
		{"newer", dep("v1.13.0", nil), "wazero is v1.13.0, not v1.12.0"},
		{"replaced", dep(wazeroVersion, &debug.Module{Path: "example.com/fork", Version: "v1.12.0"}), "wazero is replaced by example.com/fork v1.12.0"},
	}
	for _, test := range tests {
		got := ""
		if err := checkWazero(test.info, test.info != nil); err != nil {
			got = err.Error()
		}
		if got != test.want {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
	}
}

// TestPinnedWazero fails when wazero is updated: read what graft and selfTest
// rely on, then change wazeroVersion.
func TestPinnedWazero(t *testing.T) {
	b, err := os.ReadFile("../../../go.mod")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(b), wazeroPath+" "+wazeroVersion) {
		t.Errorf("go.mod does not require %s %s", wazeroPath, wazeroVersion)
	}
}

// TestInterpreterHasNoHusks falls back by itself.
func TestInterpreterHasNoHusks(t *testing.T) {
	s := open(t, Options{Dir: t.TempDir(), Config: wazero.NewRuntimeConfigInterpreter()})
	c := prepare(t, s, subject(t, 0))
	exercise(t, s, c)
	if i := c.Info(); i.Mode != Compiled || !strings.Contains(i.Reason, "testing husks") {
		t.Errorf("info: %+v", i)
	}
}

// TestObjectOffsets refuses offsets that would lead out of the code.
func TestObjectOffsets(t *testing.T) {
	le := func(values ...uint64) (b []byte) {
		for _, v := range values {
			for i := range 8 {
				b = append(b, byte(v>>(8*i)))
			}
		}
		return b
	}
	for name, b := range map[string][]byte{
		"none": nil, "cut": le(0)[:7], "outside": le(0, 100), "negative": le(1 << 63), "out of order": le(16, 8), "twice": le(8, 8),
	} {
		if got, err := decodeOffsets(b, 100); err == nil {
			t.Errorf("%s: %d", name, got)
		}
	}
	if got, err := decodeOffsets(le(0, 8, 99), 100); err != nil || !cmp.Equal(got, []int{0, 8, 99}) {
		t.Errorf("got %d, %v", got, err)
	}
}

// TestBuildIsGivenUp leaves nothing behind.
func TestBuildIsGivenUp(t *testing.T) {
	s := open(t, Options{Dir: t.TempDir()})
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	s.compile <- struct{}{} // somebody else compiles
	if _, err := s.Prepare(ctx, Key{}, subject(t, 0), nil); !errors.Is(err, context.Canceled) {
		t.Errorf("preparing: %v", err)
	}
	<-s.compile
	if st := s.Stats(); st.Modules != 0 || st.Builds != 0 {
		t.Errorf("stats: %+v", st)
	}
}
