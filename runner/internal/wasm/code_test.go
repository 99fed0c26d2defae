package wasm_test

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/wafer-run/wafer/runner/internal/wasm"
)

// TestCode reads the operands of every kind of instruction.
func TestCode(t *testing.T) {
	tests := []struct {
		hex  string
		want string // opcode, A, B and Const as far as the kind has them
	}{
		{"00", "0x00"}, {"0240", "0x02 -64"}, {"037f", "0x03 -1"}, {"0405", "0x04 5"}, {"02808001", "0x02 16384"},
		{"0c03", "0x0c 3"}, {"0d8001", "0x0d 128"}, {"0f", "0x0f"}, {"1081808000", "0x10 1"}, {"110203", "0x11 2 3"},
		{"0e00" + "07", "0x0e 0"}, {"0e02" + "01028001", "0x0e 2"},
		{"1a", "0x1a"}, {"1c017f", "0x1c 1"}, {"2005", "0x20 5"}, {"2301", "0x23 1"}, {"2500", "0x25 0"},
		{"28020a", "0x28 2 10"}, {"3e0180808008", "0x3e 1 16777216"}, {"3f00", "0x3f"}, {"4000", "0x40"},
		{"417f", "0x41 -1"}, {"418080808078", "0x41 -2147483648"}, {"42808080808080808080" + "7f", "0x42 -9223372036854775808"},
		{"4300000080", "0x43"}, {"440000000000000080", "0x44"}, {"a7", "0xa7"}, {"c4", "0xc4"},
		{"d070", "0xd0"}, {"d1", "0xd1"}, {"d204", "0xd2 4"},
		{"fc00", "0xfc 0x00"}, {"fc8700", "0xfc 0x07"}, {"fc080300", "0xfc 0x08 3"}, {"fc0903", "0xfc 0x09 3"}, {"fc0a0000", "0xfc 0x0a"}, {"fc0b00", "0xfc 0x0b"},
		{"fc0c0102", "0xfc 0x0c 1 2"}, {"fc0d01", "0xfc 0x0d 1"}, {"fc0e0102", "0xfc 0x0e 1 2"}, {"fc1001", "0xfc 0x10 1"},
		{"fd000405", "0xfd 0x00 4 5"}, {"fd0c" + strings.Repeat("00", 16), "0xfd 0x0c"}, {"fd0d" + strings.Repeat("01", 16), "0xfd 0x0d"},
		{"fd1503", "0xfd 0x15"}, {"fd54000102", "0xfd 0x54 0 1"}, {"fd5c0203", "0xfd 0x5c 2 3"}, {"fdae01", "0xfd 0xae"}, {"fdff01", "0xfd 0xff"},
	}
	var all []byte
	for _, tt := range tests {
		b, err := hex.DecodeString(tt.hex)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, b...)
	}
	c := wasm.NewCode(&wasm.FuncBody{Body: all}, 0)
	for _, tt := range tests {
		if !c.Next() {
			t.Fatalf("%s: %v", tt.hex, c.Err())
		}
		got := c.Op.String()
		fields := strings.Fields(tt.want)[len(strings.Fields(got)):]
		switch {
		case c.Op >= wasm.OpBlock && c.Op <= wasm.OpIf, c.Op == wasm.OpI32Const, c.Op == wasm.OpI64Const:
			got += fmt.Sprintf(" %d", c.Const)
		case len(fields) == 1:
			got += fmt.Sprintf(" %d", c.A)
		case len(fields) == 2:
			got += fmt.Sprintf(" %d %d", c.A, c.B)
		}
		if got != tt.want || hex.EncodeToString(c.Bytes()) != tt.hex {
			t.Errorf("%s: %s (%x), want %s", tt.hex, got, c.Bytes(), tt.want)
		}
	}
	if c.Next() || c.Err() != nil {
		t.Errorf("more than there is: %v", c.Err())
	}
}

func TestCodeTargets(t *testing.T) {
	c := wasm.NewCode(&wasm.FuncBody{Body: []byte{0x0e, 3, 1, 0x82, 0x00, 0xff, 0x01, 9, 0x0b}}, 0)
	if !c.Next() {
		t.Fatal(c.Err())
	}
	var got []uint32
	c.Targets(func(l uint32) { got = append(got, l) })
	if d := cmp.Diff([]uint32{1, 2, 255, 9}, got); d != "" {
		t.Error(d)
	}
	if !c.Next() || c.Op != wasm.OpEnd {
		t.Errorf("next is %s", c.Op)
	}
}

func TestCodeErrors(t *testing.T) {
	tests := []struct {
		name string
		code []byte
		kind wasm.Kind
		want string
	}{
		{"legacy try", []byte{0x06, 0x40}, wasm.Unsupported, "exception handling"},
		{"try_table", []byte{0x1f, 0x40, 0}, wasm.Unsupported, "exception handling"},
		{"throw", []byte{0x08, 0}, wasm.Unsupported, "exception handling"},
		{"return_call", []byte{0x12, 0}, wasm.Unsupported, "tail call"},
		{"return_call_indirect", []byte{0x13, 0, 0}, wasm.Unsupported, "tail call"},
		{"call_ref", []byte{0x14, 0}, wasm.Unsupported, "typed function references"},
		{"ref.as_non_null", []byte{0xd4}, wasm.Unsupported, "typed function references"},
		{"ref.eq", []byte{0xd3}, wasm.Unsupported, "garbage collection"},
		{"struct.new", []byte{0xfb, 0, 0}, wasm.Unsupported, "garbage collection"},
		{"cont.new", []byte{0xe0, 0}, wasm.Unsupported, "stack switching"},
		{"atomic", []byte{0xfe, 0x10, 2, 0}, wasm.Unsupported, "threads"},
		{"relaxed SIMD", []byte{0xfd, 0x80, 0x02}, wasm.Unsupported, "relaxed SIMD"},
		{"half precision", []byte{0xfd, 0xb0, 0x02}, wasm.Unsupported, "half precision"},
		{"wide arithmetic", []byte{0xfc, 19}, wasm.Unsupported, "wide arithmetic"},
		{"memory.discard", []byte{0xfc, 18, 0}, wasm.Unsupported, "memory control"},
		{"hole in SIMD", []byte{0xfd, 0x9a, 0x01}, wasm.Malformed, "unknown opcode 0xfd 0x9a"},
		{"unknown misc", []byte{0xfc, 0xff, 0x01}, wasm.Malformed, "unknown opcode 0xfc 0xff"},
		{"unknown", []byte{0x27}, wasm.Malformed, "unknown opcode 0x27"},
		{"last byte", []byte{0xff}, wasm.Malformed, "unknown opcode 0xff"},
		{"access to memory 1", []byte{0x28, 0x42, 1, 0}, wasm.Unsupported, "multi-memory"},
		{"alignment", []byte{0x28, 0x20, 0}, wasm.Malformed, "alignment 2^32"},
		{"memory.grow of memory 1", []byte{0x40, 1}, wasm.Unsupported, "multi-memory"},
		{"memory.copy between memories", []byte{0xfc, 10, 0, 1}, wasm.Unsupported, "multi-memory"},
		{"select with two types", []byte{0x1c, 2, 0x7f, 0x7f}, wasm.Malformed, "select with 2 types"},
		{"block of typed reference", []byte{0x02, 0x64}, wasm.Unsupported, "typed function references"},
		{"block of nothing", []byte{0x02, 0x41}, wasm.Malformed, "unknown type 0x41"},
		{"block type too long", []byte{0x02, 0x80, 0x80, 0x80, 0x80, 0x20}, wasm.Malformed, "operand of opcode 0x02"},
		{"ref.null of i32", []byte{0xd0, 0x7f}, wasm.Malformed, "ref.null of i32"},
		{"ref.null of a type", []byte{0xd0, 0x6e}, wasm.Unsupported, "garbage collection"},
		{"cut off index", []byte{0x10, 0x80}, wasm.Malformed, "operand of opcode 0x10"},
		{"cut off constant", []byte{0x44, 0, 0}, wasm.Malformed, "operand of opcode 0x44"},
		{"overlong index", []byte{0x10, 0x80, 0x80, 0x80, 0x80, 0x80, 0}, wasm.Malformed, "operand of opcode 0x10"},
		{"huge br_table", []byte{0x0e, 0xff, 0xff, 0xff, 0xff, 0x0f}, wasm.TooLarge, "br_table with 4294967295 targets"},
		{"br_table that lies", []byte{0x0e, 0xff, 0x7f, 0}, wasm.Malformed, "operand of opcode 0x0e"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := wasm.NewCode(&wasm.FuncBody{Body: append([]byte{0x01}, tt.code...), Offset: 100}, 7)
			for c.Next() {
			}
			var fe *wasm.FormatError
			if !errors.As(c.Err(), &fe) {
				t.Fatalf("error %v, want a FormatError", c.Err())
			}
			if fe.Kind != tt.kind || !strings.Contains(fe.Reason, tt.want) || fe.Section != "code[7]" || fe.Offset != 101 {
				t.Errorf("%+v, want kind %d, %q in code[7] at 101", fe, tt.kind, tt.want)
			}
			if c.Next() {
				t.Error("went on after an error")
			}
		})
	}
}

// TestCodeAllocates nothing.
func TestCodeAllocates(t *testing.T) {
	f := &wasm.FuncBody{Body: bytes.Repeat([]byte{0x41, 5, 0x1a, 0x23, 1, 0x10, 7, 0xfd, 0x51, 0x28, 2, 8}, 100)}
	n := testing.AllocsPerRun(100, func() {
		c := wasm.NewCode(f, 0)
		for c.Next() {
		}
		if c.Err() != nil {
			t.Error(c.Err())
		}
	})
	if n != 0 {
		t.Errorf("%v allocations", n)
	}
}
