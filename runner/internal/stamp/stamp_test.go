package stamp_test

import (
	"bytes"
	"errors"
	"testing"

	"github.com/wafer-run/wafer/runner/internal/stamp"
	"github.com/wafer-run/wafer/runner/internal/wasmfile"
)

var module = []byte("\x00asm\x01\x00\x00\x00")

func TestRoundTrip(t *testing.T) {
	for _, want := range []stamp.Stamp{
		{},
		{Wafer: "v1.2.3", Go: "go1.26.1", SDK: "example.org/sdk", Reseed: true},
		{Wafer: "(devel)", Go: `a "quoted" one`},
	} {
		stamped := stamp.Append(bytes.Clone(module), want)
		if !bytes.HasPrefix(stamped, module) {
			t.Errorf("%+v: the module's own bytes changed", want)
		}
		got, err := stamp.Read(stamped)
		if err != nil || got != want {
			t.Errorf("read %+v, %v; want %+v", got, err, want)
		}
	}
}

func TestReadTakesTheLast(t *testing.T) {
	stamped := stamp.Append(stamp.Append(bytes.Clone(module), stamp.Stamp{Go: "old"}), stamp.Stamp{Go: "new"})
	if got, err := stamp.Read(stamped); err != nil || got.Go != "new" {
		t.Errorf("read %+v, %v", got, err)
	}
}

func TestReadErrors(t *testing.T) {
	if _, err := stamp.Read(module); !errors.Is(err, stamp.ErrNone) {
		t.Errorf("unstamped module: %v", err)
	}
	if _, err := stamp.Read([]byte("text")); !errors.Is(err, wasmfile.ErrFormat) {
		t.Errorf("not a module: %v", err)
	}
	broken := wasmfile.AppendCustom(bytes.Clone(module), stamp.Section, []byte("{"))
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
		s, err := stamp.Read(wasmfile.AppendCustom(bytes.Clone(module), stamp.Section, text))
		if err != nil {
			return
		}
		again, err := stamp.Read(stamp.Append(bytes.Clone(module), s))
		if err != nil || again != s {
			t.Errorf("%q: read %+v, written and read again %+v, %v", text, s, again, err)
		}
	})
}
