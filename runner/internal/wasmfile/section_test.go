package wasmfile_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/wafer-run/wafer/runner/internal/wasmfile"
)

var empty = []byte("\x00asm\x01\x00\x00\x00")

func collect(t *testing.T, module []byte) ([]wasmfile.Section, error) {
	t.Helper()
	var all []wasmfile.Section
	for s, err := range wasmfile.Sections(module) {
		if err != nil {
			return all, err
		}
		all = append(all, s)
	}
	return all, nil
}

func TestSections(t *testing.T) {
	cases := map[string]struct {
		module []byte
		want   []wasmfile.Section
		err    string
	}{
		"no sections": {module: empty},
		"memory and a custom section": {
			module: append(append([]byte{}, empty...), "\x05\x03\x01\x00\x02"+"\x00\x05\x02abXY"[:7]...),
			want: []wasmfile.Section{
				{ID: wasmfile.MemoryID, Data: []byte{1, 0, 2}},
				{ID: wasmfile.CustomID, Name: "ab", Data: []byte("XY")},
			},
		},
		"nothing at all": {module: nil, err: "wasmfile: reading the preamble: not a WebAssembly binary"},
		"an ELF file":    {module: []byte("\x7fELF\x02\x01\x01\x00"), err: "wasmfile: reading the preamble: not a WebAssembly binary"},
		"cut short": {
			module: append(append([]byte{}, empty...), 5, 9, 1),
			err:    "wasmfile: reading the section at byte 8: not a WebAssembly binary",
		},
		"custom section whose name is longer than it": {
			module: append(append([]byte{}, empty...), 0, 1, 7),
			err:    "wasmfile: reading the section at byte 8: not a WebAssembly binary",
		},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			got, err := collect(t, c.module)
			if c.err != "" {
				if err == nil || err.Error() != c.err || !errors.Is(err, wasmfile.ErrFormat) {
					t.Fatalf("error %v, want %s", err, c.err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestAppendCustom(t *testing.T) {
	got, err := collect(t, wasmfile.AppendCustom(append([]byte{}, empty...), "some.name", []byte("payload")))
	if err != nil {
		t.Fatal(err)
	}
	want := []wasmfile.Section{{Name: "some.name", Data: []byte("payload")}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestMemory(t *testing.T) {
	cases := map[string]struct {
		section string
		pages   uint64
		bad     bool
	}{
		"none":              {section: ""},
		"no memory in it":   {section: "\x05\x01\x00"},
		"two pages":         {section: "\x05\x03\x01\x00\x02", pages: 2},
		"with a maximum":    {section: "\x05\x05\x01\x01\x80\x01\x02", pages: 128},
		"no flags":          {section: "\x05\x01\x01", bad: true},
		"no minimum":        {section: "\x05\x02\x01\x00", bad: true},
		"minimum cut short": {section: "\x05\x03\x01\x00\x80", bad: true},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			pages, err := wasmfile.Memory(append(append([]byte{}, empty...), c.section...))
			if (err != nil) != c.bad || pages != c.pages {
				t.Errorf("%d pages, error %v; want %d, bad %v", pages, err, c.pages, c.bad)
			}
		})
	}
}

// FuzzSections checks that what is read can be written again to the same
// bytes, as far as custom sections go, and that nothing panics.
func FuzzSections(f *testing.F) {
	f.Add([]byte{})
	f.Add(empty)
	f.Add(wasmfile.AppendCustom(append([]byte{}, empty...), "n", []byte("d")))
	f.Add(append(append([]byte{}, empty...), "\x05\x03\x01\x00\x02"...))
	f.Add(append(append([]byte{}, empty...), "\x00\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"...))
	f.Fuzz(func(t *testing.T, module []byte) {
		_, _ = wasmfile.Memory(module)
		before, err := collect(t, module)
		if err != nil {
			return
		}
		after, err := collect(t, wasmfile.AppendCustom(append([]byte{}, module...), "added", nil))
		if err != nil {
			t.Fatal(err)
		}
		want := append(before, wasmfile.Section{Name: "added", Data: []byte{}})
		if diff := cmp.Diff(want, after); diff != "" {
			t.Error(diff)
		}
	})
}
