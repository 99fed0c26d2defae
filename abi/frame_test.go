package abi_test

import (
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/wafer-run/wafer/abi"
)

func TestReader(t *testing.T) {
	frame := abi.AppendString(nil, abi.TagRequestID, "r-1")
	frame = abi.AppendString(frame, abi.TagRegion, "") // writes nothing
	frame = abi.AppendUint32(frame, abi.TagTimeout, 7)
	frame = abi.AppendUint64(frame, abi.TagDeadline, 1<<40)
	frame = abi.AppendPair(frame, abi.TagHeader, "K", "v")
	frame = abi.AppendBytes(frame, abi.TagBody, nil) // writes an empty field

	type field struct {
		Tag    abi.Tag
		Offset int
		Value  any
	}
	var got []field
	r := abi.NewReader("test", frame)
	for r.Next() {
		f := field{Tag: r.Tag(), Offset: r.Offset()}
		switch r.Tag() {
		case abi.TagTimeout:
			f.Value = r.Uint32()
		case abi.TagDeadline:
			f.Value = r.Uint64()
		case abi.TagHeader:
			f.Value = r.Pair()
		default:
			f.Value = string(r.Bytes())
		}
		got = append(got, f)
	}
	if err := r.Err(); err != nil {
		t.Fatal(err)
	}
	if r.Next() {
		t.Error("Next is true behind the end")
	}
	want := []field{
		{abi.TagRequestID, 0, "r-1"},
		{abi.TagTimeout, 11, uint32(7)},
		{abi.TagDeadline, 23, uint64(1 << 40)},
		{abi.TagHeader, 39, abi.Pair{Key: "K", Value: "v"}},
		{abi.TagBody, 53, ""},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("fields (-want +got):\n%s", diff)
	}
}

// TestReaderBytesAlias: values are windows into the frame that cannot grow into
// the next field.
func TestReaderBytesAlias(t *testing.T) {
	frame := abi.AppendString(nil, abi.TagRequestID, "ab")
	frame = abi.AppendString(frame, abi.TagRegion, "cd")
	r := abi.NewReader("test", frame)
	if !r.Next() {
		t.Fatal(r.Err())
	}
	v := r.Bytes()
	v[0] = 'x'
	if frame[abi.FieldHeaderSize] != 'x' {
		t.Error("Bytes is a copy")
	}
	if cap(v) != len(v) {
		t.Errorf("Bytes has room for %d more bytes, of the next field", cap(v)-len(v))
	}
}

func TestReaderFirstErrorStays(t *testing.T) {
	frame := abi.AppendUint32(nil, abi.TagTimeout, 1)
	frame = abi.AppendUint32(frame, abi.TagMemory, 1)
	r := abi.NewReader("test", frame)
	if !r.Next() {
		t.Fatal(r.Err())
	}
	r.Fail("one")
	r.Fail("two")
	if r.Next() {
		t.Error("Next is true after an error")
	}
	want := &abi.FrameError{Frame: "test", Tag: abi.TagTimeout, Reason: "one"}
	if diff := cmp.Diff(error(want), r.Err()); diff != "" {
		t.Errorf("error (-want +got):\n%s", diff)
	}
}

func TestAppendHeaderSize(t *testing.T) {
	max := uint64(math.MaxUint32)
	if math.MaxInt == math.MaxInt32 {
		max = math.MaxInt32
	}
	got := abi.AppendHeader(nil, 0x1234, int(max))
	want := []byte{0x34, 0x12, 0, 0, byte(max), byte(max >> 8), byte(max >> 16), byte(max >> 24)}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("header (-want +got):\n%s", diff)
	}

	defer func() {
		text, _ := recover().(string)
		if want := "does not fit a frame"; !strings.Contains(text, want) {
			t.Errorf("panic is %q, want one with %q", text, want)
		}
	}()
	tooLarge := int(max) // one more is negative where int has 32 bits
	abi.AppendHeader(nil, 1, tooLarge+1)
}

// TestPairsProperty: any text survives in any order, and the two decoders of
// pairs agree.
func TestPairsProperty(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		pairs := rapid.SliceOf(rapid.Custom(func(t *rapid.T) abi.Pair {
			return abi.Pair{
				Key:   string(rapid.SliceOf(rapid.Byte()).Draw(t, "key")),
				Value: string(rapid.SliceOf(rapid.Byte()).Draw(t, "value")),
			}
		})).Draw(t, "pairs")
		frame := (&abi.HTTPHead{Headers: pairs}).AppendTo(nil)
		var head abi.HTTPHead
		if err := head.Decode(frame); err != nil {
			t.Fatal(err)
		}
		var req abi.Request
		if err := req.Decode(frame); err != nil {
			t.Fatal(err)
		}
		if len(pairs) == 0 {
			pairs = nil
		}
		if diff := cmp.Diff(pairs, head.Headers); diff != "" {
			t.Fatalf("head (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff(pairs, req.HTTP.Headers); diff != "" {
			t.Fatalf("request (-want +got):\n%s", diff)
		}
	})
}

// TestLongStack expects the innermost frames of a stack, and no more.
func TestLongStack(t *testing.T) {
	e := abi.Error{Message: "deep", Type: "recursion"}
	for i := range uint32(100_000) {
		e.Stack = append(e.Stack, abi.StackFrame{Line: i})
	}
	var got abi.Error
	if err := got.Decode(e.AppendTo(nil)); err != nil || got.Message != "deep" || len(got.Stack) != abi.MaxStack || got.Stack[999].Line != 999 {
		t.Errorf("%d frames, message %q, %v", len(got.Stack), got.Message, err)
	}
}
