package code

import (
	"context"
	"encoding/json"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/wafer-run/wafer/runner/internal/wasm"
)

// TestLookup finds in a later process what an earlier one has prepared.
func TestLookup(t *testing.T) {
	ctx := context.Background()
	dir := t.TempDir()
	r := subject(t, 0)
	first := open(t, Options{Dir: dir})
	if first.Lookup(ctx, Key{1}) != nil {
		t.Fatal("found what is not there")
	}
	was, err := first.Prepare(ctx, Key{1}, r, []byte("note"))
	if err != nil {
		t.Fatal(err)
	}
	defer was.Close()
	if was.Info().Stored {
		t.Error("it was there before")
	}
	s := open(t, Options{Dir: dir})
	is := s.Lookup(ctx, Key{1})
	if is == nil {
		t.Fatal("not found")
	}
	defer is.Close()
	if i := is.Info(); i.Stored != (s.husks != nil) || i.Mode != Absent {
		t.Errorf("info: %+v", i)
	}
	if is.Key() != was.Key() || is.Digest() != was.Digest() || string(is.Note()) != "note" {
		t.Errorf("%v %v %s, want %v %v note", is.Key(), is.Digest(), is.Note(), was.Key(), was.Digest())
	}
	if diff := cmp.Diff(was.Report(), is.Report()); diff != "" {
		t.Errorf("report (-was +is):\n%s", diff)
	}
	if diff := cmp.Diff(r.Report, is.Report()); diff != "" {
		t.Errorf("report (-rewriter +stored):\n%s", diff)
	}
	if diff := cmp.Diff(r.Globals, is.Globals()); diff != "" {
		t.Errorf("globals (-rewriter +stored):\n%s", diff)
	}
	i32 := []wasm.ValueType{wasm.I32}
	if diff := cmp.Diff([]Import{{"env", "twice", wasm.FuncType{Params: i32, Results: i32}}}, is.Imports()); diff != "" {
		t.Errorf("imports (-want +stored):\n%s", diff)
	}
	if diff := cmp.Diff(exercise(t, first, was), exercise(t, s, is)); diff != "" {
		t.Errorf("behaviour (-was +is):\n%s", diff)
	}
	if st := s.Stats(); st.Builds != 0 {
		t.Errorf("stats: %+v", st)
	}
}

// TestRefusedModules are wrong in a way that only the compiler finds.
func TestRefusedModules(t *testing.T) {
	m := subjectModule()
	m.Codes[3] = body(0x42, 0, 0x0b) // i64.const 0 as an i32
	r := rewritten(t, m, 0)
	for kind, s := range stores(t) {
		_, err := s.Prepare(context.Background(), Key{}, r, nil)
		var refused *CompileError
		if !errors.As(err, &refused) {
			t.Errorf("%s: %v, want a CompileError", kind, err)
		}
		if st := s.Stats(); st.Modules != 0 || st.Resident != 0 {
			t.Errorf("%s: stats: %+v", kind, st)
		}
		good := prepare(t, s, subject(t, 0))
		exercise(t, s, good)
	}
}

func TestDigestText(t *testing.T) {
	d := Digest(KeyOf([]byte("x")))
	b, err := json.Marshal(d)
	if err != nil {
		t.Fatal(err)
	}
	var got Digest
	if err := json.Unmarshal(b, &got); err != nil || got != d {
		t.Errorf("%s: %v, %v", b, got, err)
	}
	for _, bad := range []string{`""`, `"00"`, `"` + d.String()[1:] + `g"`, `"` + d.String() + `00"`} {
		if err := json.Unmarshal([]byte(bad), &got); err == nil {
			t.Errorf("%s is accepted", bad)
		}
	}
}
