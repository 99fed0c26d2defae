package stamp_test

import (
	"bytes"
	"errors"
	"testing"

	"github.com/wafer-run/wafer/runner/internal/stamp"
	"github.com/wafer-run/wafer/runner/internal/wasm"
)

var empty = []byte("\x00asm\x01\x00\x00\x00")

// read parses the binary and reads its stamp.
func read(t *testing.T, binary []byte) (stamp.Stamp, error) {
	t.Helper()
	module, err := wasm.Parse(binary)
	if err != nil {
		t.Fatal(err)
	}
	return stamp.Read(module)
}

func TestRoundTrip(t *testing.T) {
	for _, want := range []stamp.Stamp{
		{},
		{Wafer: "v1.2.3", Go: "go1.26.1", SDK: "example.org/sdk", Reseed: true},
		{Wafer: "(devel)", Go: `a "quoted" one`, SDK: string(bytes.Repeat([]byte("long/"), 100))},
	} {
		stamped := stamp.Append(bytes.Clone(empty), want)
		if !bytes.HasPrefix(stamped, empty) {
			t.Errorf("%+v: the module's own bytes changed", want)
		}
		if got, err := read(t, stamped); err != nil || got != want {
			t.Errorf("read %+v, %v; want %+v", got, err, want)
		}
	}
}

func TestReadTakesTheLast(t *testing.T) {
	stamped := stamp.Append(stamp.Append(bytes.Clone(empty), stamp.Stamp{Go: "old"}), stamp.Stamp{Go: "new"})
	if got, err := read(t, stamped); err != nil || got.Go != "new" {
		t.Errorf("read %+v, %v", got, err)
	}
}

func TestReadErrors(t *testing.T) {
	if _, err := read(t, empty); !errors.Is(err, stamp.ErrNone) {
		t.Errorf("unstamped module: %v", err)
	}
	other := &wasm.Module{Customs: []wasm.Custom{{Name: "name", Data: []byte("{}")}}}
	if _, err := stamp.Read(other); !errors.Is(err, stamp.ErrNone) {
		t.Errorf("module with another custom section: %v", err)
	}
	broken := &wasm.Module{Customs: []wasm.Custom{{Name: stamp.Section, Data: []byte("{")}}}
	want := "stamp: decoding section wafer.build: unexpected end of JSON input"
	if _, err := stamp.Read(broken); err == nil || err.Error() != want {
		t.Errorf("broken stamp: %v, want %s", err, want)
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte("{}"))
	f.Add([]byte(`{"wafer":1}`))
	f.Add([]byte(`{"wafer":"v1","future":[1]}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		s, err := stamp.Read(&wasm.Module{Customs: []wasm.Custom{{Name: stamp.Section, Data: text}}})
		if err != nil {
			return
		}
		again, err := read(t, stamp.Append(bytes.Clone(empty), s))
		if err != nil || again != s {
			t.Errorf("%q: read %+v, written and read again %+v, %v", text, s, again, err)
		}
	})
}
