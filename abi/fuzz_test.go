package abi_test

import (
	"bytes"
	"errors"
	"fmt"
	"reflect"
	"testing"

	"github.com/wafer-run/wafer/abi"
	"github.com/wafer-run/wafer/abi/abitest"
)

func FuzzRequest(f *testing.F)     { fuzzFrame(f, abitest.FrameRequest) }
func FuzzBootRequest(f *testing.F) { fuzzFrame(f, abitest.FrameBootRequest) }
func FuzzBootInfo(f *testing.F)    { fuzzFrame(f, abitest.FrameBootInfo) }
func FuzzHTTPHead(f *testing.F)    { fuzzFrame(f, abitest.FrameHTTPHead) }
func FuzzError(f *testing.F)       { fuzzFrame(f, abitest.FrameError) }

// fuzzFrame feeds bytes to one decoder. Whatever they are, it must not panic,
// must not touch them, must not make more of them than they hold, and what it
// accepts must survive being encoded and decoded again.
func fuzzFrame(f *testing.F, frame abitest.Frame) {
	for _, v := range abitest.Vectors() {
		f.Add(v.Bytes()) // those of other frames too: their fields are unknown here
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		input := bytes.Clone(data)
		first := frame.New()
		err := first.Decode(input)
		if !bytes.Equal(input, data) {
			t.Fatal("the decoder wrote into its input")
		}
		checkSize(t, first, len(data))
		if err != nil {
			checkError(t, err, len(data))
			return
		}

		encoded := first.AppendTo([]byte("head"))
		if !bytes.HasPrefix(encoded, []byte("head")) {
			t.Fatal("AppendTo changed what was there before")
		}
		encoded = encoded[len("head"):]
		second := frame.New()
		if err := second.Decode(encoded); err != nil {
			t.Fatalf("decoding what the codec wrote, %x: %v", encoded, err)
		}
		if again := second.AppendTo(nil); !bytes.Equal(again, encoded) {
			t.Fatalf("encodes to %x, then to %x", encoded, again)
		}
		if a, b := plain(first), plain(second); !reflect.DeepEqual(a, b) {
			t.Fatalf("decodes to %+v, then to %+v", a, b)
		}

		// A value that was used before must come out like a new one.
		if err := first.Decode(encoded); err != nil {
			t.Fatal(err)
		}
		if a, b := plain(first), plain(second); !reflect.DeepEqual(a, b) {
			t.Fatalf("decodes to %+v into a used value, to %+v into a new one", a, b)
		}
	})
}

// plain returns v with nil for what is empty: frames do not tell them apart.
func plain(v abitest.Value) abitest.Value {
	switch v := v.(type) {
	case *abi.Request:
		q := *v
		if len(q.Entropy) == 0 {
			q.Entropy = nil
		}
		if len(q.Body) == 0 {
			q.Body = nil
		}
		if len(q.SpanBaggages) == 0 {
			q.SpanBaggages = nil
		}
		if len(q.HTTP.Headers) == 0 {
			q.HTTP.Headers = nil
		}
		return &q
	case *abi.HTTPHead:
		h := *v
		if len(h.Headers) == 0 {
			h.Headers = nil
		}
		return &h
	}
	return v
}

// checkSize bounds what was allocated by the length of the frame: a field in a
// list takes at least 12 bytes of it.
func checkSize(t *testing.T, v abitest.Value, size int) {
	t.Helper()
	var items, text int
	pairs := func(list []abi.Pair) {
		items += len(list)
		for _, p := range list {
			text += len(p.Key) + len(p.Value)
		}
	}
	switch v := v.(type) {
	case *abi.Request:
		pairs(v.SpanBaggages)
		pairs(v.HTTP.Headers)
		text += len(v.Body) + len(v.Entropy)
	case *abi.HTTPHead:
		pairs(v.Headers)
	case *abi.Error:
		items = len(v.Stack)
		text = len(v.Message) + len(v.Type)
		for _, s := range v.Stack {
			text += len(s.Path) + len(s.Label)
		}
	}
	const perItem = abi.FieldHeaderSize + 4
	if items*perItem+text > size+perItem { // a failed pair adds an empty one
		t.Fatalf("%d list items and %d bytes from %d bytes", items, text, size)
	}
}

// checkError makes sure that a decoder's error says where it is.
func checkError(t *testing.T, err error, size int) {
	t.Helper()
	var fe *abi.FrameError
	if !errors.As(err, &fe) {
		t.Fatalf("error is %T, want *abi.FrameError", err)
	}
	if fe.Offset < 0 || fe.Offset >= size || fe.Reason == "" {
		t.Fatalf("error %#v of a frame of %d bytes", fe, size)
	}
	want := fmt.Sprintf("abi: decoding %s frame: field %d at byte %d: %s", fe.Frame, fe.Tag, fe.Offset, fe.Reason)
	if err.Error() != want {
		t.Fatalf("error text %q, want %q", err, want)
	}
}
