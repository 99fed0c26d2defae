package wasm_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/tetratelabs/wazero"

	"github.com/wafer-run/wafer/runner/internal/wasm"
)

// FuzzParse checks that anything ends in a module or in a FormatError, that a module
// survives being encoded, and that the engine takes nothing that Parse finds malformed.
func FuzzParse(f *testing.F) {
	f.Add(full().Encode())
	f.Add([]byte(header()))
	for _, body := range [][]byte{
		{0x02, 0x40, 0x0b}, {0x03, 0x40, 0x0c, 0, 0x0b}, {0x41, 0, 0x0e, 1, 0, 0}, {0x10, 0}, {0x3f, 0, 0x1a},
		{0xfd, 0x0c, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x1a}, {0xd0, 0x70, 0xd1, 0x1a},
		{0x41, 0, 0x04, 0x7f, 0x41, 1, 0x05, 0x41, 2, 0x0b, 0x1a}, {0x42, 0x80, 0x7f, 0x1a}, {0x00, 0x0b, 0x0b},
	} {
		f.Add([]byte(function(body...)))
	}
	for i, file := range specModules(f) {
		if bin, err := os.ReadFile(file); err == nil && i%40 == 0 && len(bin) < 2000 {
			f.Add(bin)
		}
	}
	ctx := context.Background()
	// The interpreter takes as much as the compiler, and validates as it does.
	rt := wazero.NewRuntimeWithConfig(ctx, wazero.NewRuntimeConfigInterpreter())
	f.Cleanup(func() { rt.Close(ctx) })
	f.Fuzz(func(t *testing.T, bin []byte) {
		if len(bin) > 1<<16 {
			t.Skip()
		}
		m, err := wasm.Parse(bin)
		if err == nil {
			checkStable(t, m)
			err = walk(m)
		}
		var fe *wasm.FormatError
		if err != nil && !errors.As(err, &fe) {
			t.Fatalf("%v is no FormatError", err)
		}
		if err != nil && (fe.Offset < 0 || fe.Offset > len(bin) || fe.Reason == "" || fe.Section == "") {
			t.Errorf("error %+v in a binary of %d bytes", fe, len(bin))
		}
		if err != nil && fe.Kind == wasm.Malformed && !lenient(fe) && !hungry(bin) && compiles(ctx, rt, bin) {
			t.Errorf("the engine takes it, but: %v", err)
		}
	})
}

func checkStable(t *testing.T, m *wasm.Module) {
	t.Helper()
	enc := m.Encode()
	again, err := wasm.Parse(enc)
	if err != nil {
		t.Fatalf("parsing what was encoded: %v", err)
	}
	if !bytes.Equal(enc, again.Encode()) {
		t.Error("encoding is not stable")
	}
}

// lenient reports whether the engine is known to take what the specification does
// not.
func lenient(err *wasm.FormatError) bool {
	if strings.HasPrefix(err.Section, "code[") {
		// The engine reads one byte of a vector instruction's number, whatever
		// follows: it takes 0xba 0x1a for 0xba and a drop.
		return strings.HasPrefix(err.Reason, "unknown opcode 0xfd 0x") && len(err.Reason) > len("unknown opcode 0xfd 0xff")
	}
	switch err.Section {
	case "data count":
		return true // also without a number
	case "import", "table":
		// Tables of anything.
		return strings.HasPrefix(err.Reason, "unknown type") || strings.HasSuffix(err.Reason, "is not a reference type")
	}
	return false
}

// hungry reports whether the binary holds a number so large that the engine, which
// believes counts, might allocate without bound.
func hungry(bin []byte) bool {
	for i := range bin {
		v, shift := uint64(0), 0
		for _, c := range bin[i:min(len(bin), i+5)] {
			v |= uint64(c&0x7f) << shift
			if shift += 7; c < 0x80 {
				break
			}
		}
		if v > 1<<22 {
			return true
		}
	}
	return false
}
