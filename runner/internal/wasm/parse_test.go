package wasm_test

import (
	"bytes"
	"errors"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/wafer-run/wafer/runner/internal/wasm"
)

// TestRoundTrip parses what Encode wrote, with everything in it.
func TestRoundTrip(t *testing.T) {
	want := full()
	bin := want.Encode()
	got, err := wasm.Parse(bin)
	if err != nil {
		t.Fatal(err)
	}
	for i := range got.Codes {
		f := &got.Codes[i]
		if !bytes.HasPrefix(bin[f.Offset:], f.Body) {
			t.Errorf("body %d is not at offset %d", i, f.Offset)
		}
	}
	if d := cmp.Diff(want, got, cmpopts.EquateEmpty(), cmpopts.IgnoreFields(wasm.FuncBody{}, "Offset")); d != "" {
		t.Error(d)
	}
	if again := got.Encode(); !bytes.Equal(bin, again) {
		t.Error("encoding is not stable")
	}
}

// TestCutOff parses every prefix, none of which is a module.
func TestCutOff(t *testing.T) {
	bin := full().Encode()
	m, err := wasm.Parse(bin)
	if err != nil {
		t.Fatal(err)
	}
	for n := range bin {
		got, err := wasm.Parse(bin[:n])
		var fe *wasm.FormatError
		if err == nil && len(got.Codes) == len(m.Codes) && len(got.Datas) == len(m.Datas) {
			continue // only custom sections are missing
		}
		if err == nil && n > 8 && len(got.Functions) > 0 || err != nil && !errors.As(err, &fe) {
			t.Errorf("first %d of %d bytes: %v", n, len(bin), err)
		}
	}
}

func TestParseErrors(t *testing.T) {
	vec := func(n uint32, rest ...byte) []byte { return append(wasm.AppendU32(nil, n), rest...) }
	ones := func(n int) []byte { return bytes.Repeat([]byte{0x80}, n) }
	base := func() raw { return header().section(1, 1, 0x60, 0, 0) }
	withFunc := func() raw { return base().section(3, 1, 0) }
	code := []byte{1, 2, 0, 0x0b}
	tests := []struct {
		name string
		bin  []byte
		kind wasm.Kind
		want string
	}{
		{"empty", nil, wasm.Malformed, "header at offset 0x0: not a WebAssembly module"},
		{"text", []byte("(module)"), wasm.Malformed, "not a WebAssembly module"},
		{"version", []byte("\x00asm\x02\x00\x00\x00"), wasm.Malformed, "version 2, want 1"},
		{"component", []byte("\x00asm\x0d\x00\x01\x00"), wasm.Unsupported, "component model"},
		{"section too long", append(header(), 1, 100), wasm.Malformed, "cut off within type section"},
		{"section of 4 GiB", append(header(), 1, 0xff, 0xff, 0xff, 0xff, 0x0f), wasm.Malformed, "cut off within type section"},
		{"section size overlong", append(header(), 1, 0x80, 0x80, 0x80, 0x80, 0x80, 0), wasm.Malformed, "bad number: section size"},
		{"unknown section", header().section(77), wasm.Malformed, "section 77 at offset 0xa: unknown section"},
		{"tag section", header().section(13, 0), wasm.Unsupported, "exception handling"},
		{"section twice", base().section(1, 0), wasm.Malformed, "section out of order"},
		{"sections out of order", header().section(3, 0).section(1, 0), wasm.Malformed, "section out of order"},
		{"data count behind code", withFunc().section(10, code...).section(12, 0), wasm.Malformed, "section out of order"},
		{"content behind content", header().section(1, 0, 0), wasm.Malformed, "1 bytes behind the section's content"},
		{"4 billion types", header().section(1, vec(1<<32-1)...), wasm.Malformed, "4294967295 types do not fit the 0 bytes left"},
		{"too many types", header().section(1, vec(1_000_001, make([]byte, 3_000_003)...)...), wasm.TooLarge, "1000001 types, limit 1000000"},
		{"too many params", header().section(1, append(append([]byte{1, 0x60}, vec(1001, bytes.Repeat([]byte{0x7f}, 1001)...)...), 0)...), wasm.TooLarge, "1001 parameters, limit 1000"},
		{"struct type", header().section(1, 1, 0x5f, 0, 0), wasm.Unsupported, "garbage collection"},
		{"continuation type", header().section(1, 1, 0x5d, 0, 0), wasm.Unsupported, "stack switching"},
		{"unknown type form", header().section(1, 1, 0x61, 0, 0), wasm.Malformed, "unknown type form 0x61"},
		{"exnref", header().section(1, 1, 0x60, 1, 0x69, 0), wasm.Unsupported, "exception handling"},
		{"typed reference", header().section(1, 1, 0x60, 1, 0x64, 0), wasm.Unsupported, "typed function references"},
		{"anyref", header().section(1, 1, 0x60, 1, 0x6e, 0), wasm.Unsupported, "garbage collection"},
		{"unknown value type", header().section(1, 1, 0x60, 1, 0x7a, 0), wasm.Malformed, "unknown type 0x7a"},
		{"import name not UTF-8", header().section(2, 1, 1, 0xff, 0, 0, 0), wasm.Malformed, "import module is not UTF-8"},
		{"name longer than the section", header().section(2, append([]byte{1}, vec(1<<31, 'a', 'a', 'a', 'a')...)...), wasm.Malformed, "cut off within import module"},
		{"long name", header().section(2, append(append([]byte{1}, vec(100_001, bytes.Repeat([]byte{'a'}, 100_001)...)...), 0, 0, 0)...), wasm.TooLarge, "import module of 100001 bytes"},
		{"import of type that is not there", base().section(2, 1, 0, 0, 0, 1), wasm.Malformed, "has type 1 of 1"},
		{"import of tag", base().section(2, 1, 0, 0, 4, 0, 0), wasm.Unsupported, "exception handling"},
		{"import of unknown kind", base().section(2, 1, 0, 0, 5, 0), wasm.Malformed, "unknown kind 5"},
		{"function of type that is not there", base().section(3, 1, 1).section(10, code...), wasm.Malformed, "function 0 has type 1 of 1"},
		{"function without body", withFunc(), wasm.Malformed, "1 functions are declared and 0 have a body"},
		{"body without function", base().section(10, code...), wasm.Malformed, "0 functions are declared and 1 have a body"},
		{"table of i32", header().section(4, 1, 0x7f, 0, 0), wasm.Malformed, "i32 is not a reference type"},
		{"table too large", header().section(4, append([]byte{1, 0x70, 0}, vec(10_000_001)...)...), wasm.TooLarge, "table of 10000001 entries"},
		{"table with initial value", header().section(4, 1, 0x40, 0, 0x70, 0, 0), wasm.Unsupported, "typed function references"},
		{"table of 64 bits", header().section(4, 1, 0x70, 4, 0), wasm.Unsupported, "memory64"},
		{"limits the wrong way round", header().section(5, 1, 1, 2, 1), wasm.Malformed, "maximum 1 below minimum 2"},
		{"limits with bad flags", header().section(5, 1, 0x10, 0), wasm.Malformed, "bad limits flags 0x10"},
		{"shared memory", header().section(5, 1, 3, 1, 1), wasm.Unsupported, "threads"},
		{"memory of 64 bits", header().section(5, 1, 4, 1), wasm.Unsupported, "memory64"},
		{"custom page size", header().section(5, 1, 8, 1, 0), wasm.Unsupported, "custom page sizes"},
		{"two memories", header().section(5, 2, 0, 1, 0, 1), wasm.Unsupported, "2 memories need the multi-memory"},
		{"memory too large", header().section(5, append([]byte{1, 0}, vec(65537)...)...), wasm.Malformed, "beyond 65536 pages"},
		{"bad mutability", header().section(6, 1, 0x7f, 9, 0x41, 0, 0x0b), wasm.Malformed, "bad mutability 0x09"},
		{"shared global", header().section(6, 1, 0x7f, 3, 0x41, 0, 0x0b), wasm.Unsupported, "threads"},
		{"global of another type", header().section(6, 1, 0x7f, 0, 0x42, 0, 0x0b), wasm.Malformed, "initial value of global 0 is no i32"},
		{"global of a later global", header().section(6, 1, 0x7f, 0, 0x23, 0, 0x0b), wasm.Malformed, "initial value of global 0"},
		{"extended constant", header().section(6, 1, 0x7f, 0, 0x41, 1, 0x41, 1, 0x6a, 0x0b), wasm.Unsupported, "extended-const"},
		{"expression that is not constant", header().section(6, 1, 0x7f, 0, 0x20, 0, 0x0b), wasm.Malformed, "opcode 0x20 is not constant"},
		{"expression without end", header().section(6, 1, 0x7f, 0, 0x41, 0, 0x00), wasm.Malformed, "does not end after"},
		{"i32 too long", header().section(6, 1, 0x7f, 0, 0x41, 0xff, 0xff, 0xff, 0xff, 0x0f, 0x0b), wasm.Malformed, "bad number: i32 constant"},
		{"i64 too long", header().section(6, append(append([]byte{1, 0x7e, 0, 0x42}, ones(10)...), 0, 0x0b)...), wasm.Malformed, "bad number: i64 constant"},
		{"two exports of a name", base().section(5, 1, 0, 1).section(7, 2, 1, 'a', 2, 0, 1, 'a', 2, 0), wasm.Malformed, `two exports are named "a"`},
		{"export of something not there", base().section(7, 1, 1, 'a', 2, 0), wasm.Malformed, `export "a" is memory 0 of 0`},
		{"export of unknown kind", base().section(7, 1, 1, 'a', 9, 0), wasm.Malformed, "unknown kind 9"},
		{"start of a function not there", base().section(8, 0), wasm.Malformed, "function 0 of 0"},
		{"start with parameters", header().section(1, 1, 0x60, 1, 0x7f, 0).section(3, 1, 0).section(8, 0).section(10, code...), wasm.Malformed, "function 0 has type (i32) -> (), want () -> ()"},
		{"element flags", header().section(9, 1, 8, 0), wasm.Malformed, "bad element flags"},
		{"element of no table", header().section(9, 1, 0, 0x41, 0, 0x0b, 0), wasm.Malformed, "table or offset is not there"},
		{"element in table of another type", header().section(4, 1, 0x6f, 0, 0).section(9, 1, 0, 0x41, 0, 0x0b, 0), wasm.Malformed, "items are funcref in a table of externref"},
		{"element item not there", header().section(9, 1, 1, 0, 1, 0), wasm.Malformed, "a function that is not there"},
		{"element item of another type", header().section(9, 1, 5, 0x70, 1, 0xd0, 0x6f, 0x0b), wasm.Malformed, "an item has another type"},
		{"element kind", header().section(9, 1, 1, 1, 0), wasm.Malformed, "bad element kind 0x01"},
		{"4 billion items", header().section(9, append([]byte{1, 1, 0}, vec(1<<32-1)...)...), wasm.Malformed, "items do not fit"},
		{"data flags", header().section(11, 1, 3, 0), wasm.Malformed, "bad data flags"},
		{"data without memory", header().section(11, 1, 0, 0x41, 0, 0x0b, 0), wasm.Malformed, "segment 0 refers to something that is not there"},
		{"data in memory 1", header().section(5, 1, 0, 1).section(11, 1, 2, 1, 0x41, 0, 0x0b, 0), wasm.Unsupported, "multi-memory"},
		{"data longer than the section", header().section(11, append([]byte{1, 1}, vec(1<<31)...)...), wasm.Malformed, "cut off within data segment"},
		{"data count", header().section(12, 3), wasm.Malformed, "3 data segments are announced, and 0 are there"},
		{"100,000 locals", withFunc().section(10, append([]byte{1, 6, 1}, append(vec(100_000), 0x7f, 0x0b)...)...), wasm.TooLarge, "more than 50000 locals"},
		{"locals that overflow", withFunc().section(10, append([]byte{1, 14, 2}, append(append(vec(1<<32-1), 0x7f), append(vec(1<<32-1), 0x7f, 0x0b)...)...)...), wasm.TooLarge, "more than 50000 locals"},
		{"more local runs than bytes", withFunc().section(10, append([]byte{1, 6}, vec(1<<32-1, 0x0b)...)...), wasm.Malformed, "do not fit"},
		{"local of typed reference", withFunc().section(10, 1, 6, 1, 1, 0x63, 0x70, 0x0b, 0x0b), wasm.Unsupported, "typed function references"},
		{"body without end", withFunc().section(10, 1, 2, 0, 0x01), wasm.Malformed, "does not end with end"},
		{"body longer than the section", withFunc().section(10, 1, 9, 0, 0x0b), wasm.Malformed, "cut off within function body"},
		{"locals longer than the body", withFunc().section(10, 2, 1, 1, 0x0b), wasm.Malformed, "do not fit"},
		{"empty body", withFunc().section(10, 1, 0, 0, 0), wasm.Malformed, "bad number: number of local declarations"},
		{"custom name not UTF-8", header().section(0, 1, 0xff), wasm.Malformed, "custom section name is not UTF-8"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := wasm.Parse(tt.bin)
			var fe *wasm.FormatError
			if !errors.As(err, &fe) {
				t.Fatalf("error %v, want a FormatError", err)
			}
			if fe.Kind != tt.kind || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("kind %d, %v; want kind %d, %q", fe.Kind, err, tt.kind, tt.want)
			}
			if fe.Offset > len(tt.bin) {
				t.Errorf("offset %d of %d", fe.Offset, len(tt.bin))
			}
		})
	}
}

// TestParseMemory makes sure that a small module that claims to be large costs little.
func TestParseMemory(t *testing.T) {
	for name, bin := range map[string][]byte{
		"types":    header().section(1, 0xc0, 0x84, 0x3d),
		"exports":  header().section(7, 0xc0, 0x84, 0x3d),
		"items":    header().section(9, 1, 1, 0, 0x80, 0xad, 0xe2, 0x04),
		"targets":  function(0x41, 0, 0x0e, 0xc0, 0x84, 0x3d),
		"locals":   header().section(1, 1, 0x60, 0, 0).section(3, 1, 0).section(10, 1, 6, 1, 0xd0, 0x86, 0x03, 0x7f, 0x0b),
		"segments": header().section(11, 0xc0, 0x84, 0x3d),
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		if m, err := wasm.Parse(bin); err == nil {
			_ = walk(m)
		}
		runtime.ReadMemStats(&after)
		allocated := after.TotalAlloc - before.TotalAlloc
		if allocated > 64<<10 {
			t.Errorf("%s: %d bytes for a module of %d", name, allocated, len(bin))
		}
	}
}
