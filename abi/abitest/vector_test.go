package abitest

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write testdata/vectors.json again")

func TestVectors(t *testing.T) {
	seen := map[string]bool{}
	for _, v := range Vectors() {
		if seen[v.Name] {
			t.Errorf("two vectors are called %q", v.Name)
		}
		seen[v.Name] = true
		if res := v.Run(); res.Failure != "" {
			t.Errorf("%s: %s", v.Name, res.Failure)
		}
	}
}

// TestRunFails makes sure that a vector that does not hold is reported.
func TestRunFails(t *testing.T) {
	id := "0100 0000 01000000 72"
	for _, v := range []Vector{
		{Name: "other value", Frame: FrameRequest, Hex: id, Value: FrameRequest.New()},
		{Name: "should fail", Frame: FrameRequest, Hex: id, Error: "abi: no"},
		{Name: "other error", Frame: FrameRequest, Hex: "01", Error: "abi: no"},
		{Name: "should not fail", Frame: FrameRequest, Hex: "01", Value: FrameRequest.New()},
		{Name: "same bytes", Frame: FrameRequest, Value: FrameRequest.New(), OneWay: true},
		{Name: "other bytes", Frame: FrameRequest, Hex: "ffff 0000 00000000", Value: FrameRequest.New()},
	} {
		if v.Run().Failure == "" {
			t.Errorf("%s: no failure", v.Name)
		}
	}
}

// TestVectorsJSON keeps the file for other languages equal to the Go vectors.
func TestVectorsJSON(t *testing.T) {
	type entry struct {
		Name   string          `json:"name"`
		Frame  Frame           `json:"frame"`
		Hex    string          `json:"hex"`
		Value  json.RawMessage `json:"value,omitempty"`
		OneWay bool            `json:"oneWay,omitempty"`
		Error  string          `json:"error,omitempty"`
	}
	var got bytes.Buffer
	got.WriteString("[\n")
	for i, v := range Vectors() {
		e := entry{Name: v.Name, Frame: v.Frame, Hex: hexOf(v), OneWay: v.OneWay, Error: v.Error}
		if v.Value != nil {
			e.Value = valueJSON(v.Value)
		}
		line, err := json.Marshal(e)
		if err != nil {
			t.Fatal(err)
		}
		if i > 0 {
			got.WriteString(",\n")
		}
		got.Write(line)
	}
	got.WriteString("\n]\n")

	file := filepath.Join("testdata", "vectors.json")
	if *update {
		if err := os.WriteFile(file, got.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got.String()); diff != "" {
		t.Errorf("%s differs, run with -update and look at the change (-file +vectors):\n%s", file, diff)
	}
}
