package stamp_test

import (
	"bytes"
	"debug/elf"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/wafer-run/wafer/runner/internal/stamp"
)

// elfFiles returns the files of the tests of debug/elf: programs and objects of
// both sizes and byte orders.
func elfFiles(t testing.TB) map[string][]byte {
	t.Helper()
	root, err := exec.CommandContext(t.Context(), "go", "env", "GOROOT").Output()
	if err != nil {
		t.Fatal(err)
	}
	names, err := filepath.Glob(filepath.Join(strings.TrimSpace(string(root)), "src", "debug", "elf", "testdata", "*"))
	if err != nil {
		t.Fatal(err)
	}
	files := map[string][]byte{}
	for _, name := range names {
		data, err := os.ReadFile(name)
		if err != nil {
			continue // a directory
		}
		if _, err := elf.NewFile(bytes.NewReader(data)); err == nil {
			files[filepath.Base(name)] = data
		}
	}
	return files
}

func TestELF(t *testing.T) {
	want := stamp.Stamp{Wafer: "v1.2.3", Go: "go1.26.1", SDK: "example.org/sdk"}
	seen := map[string]int{}
	for name, data := range elfFiles(t) {
		before, err := elf.NewFile(bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		if len(before.Sections) == 0 {
			continue
		}
		if _, err := stamp.ReadELF(bytes.NewReader(data)); !errors.Is(err, stamp.ErrNone) {
			t.Errorf("%s: unstamped: %v", name, err)
		}
		stamped, err := stamp.AppendELF(bytes.Clone(data), want)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		seen[before.Class.String()+" "+before.Data.String()]++
		if got, err := stamp.ReadELF(bytes.NewReader(stamped)); err != nil || got != want {
			t.Errorf("%s: read %+v, %v; want %+v", name, got, err, want)
		}
		after, err := elf.NewFile(bytes.NewReader(stamped))
		if err != nil {
			t.Fatal(err)
		}
		for i, s := range before.Sections {
			a := after.Sections[i]
			if s.Type == elf.SHT_STRTAB && s.Name == ".shstrtab" {
				continue // has a name more, and lies elsewhere
			}
			if a.SectionHeader != s.SectionHeader {
				t.Errorf("%s: section %s became %+v, was %+v", name, s.Name, a.SectionHeader, s.SectionHeader)
			}
		}
		const header = 64 // bytes, at most
		if !bytes.Equal(stamped[header:len(data)], data[header:]) {
			t.Errorf("%s: more than its header changed", name)
		}
	}
	for _, form := range []string{"ELFCLASS64 ELFDATA2LSB", "ELFCLASS64 ELFDATA2MSB", "ELFCLASS32 ELFDATA2LSB"} {
		if seen[form] == 0 {
			t.Errorf("no file of form %s among %v", form, seen)
		}
	}
}

func TestELFErrors(t *testing.T) {
	if _, err := stamp.AppendELF([]byte("#!/bin/sh\n"), stamp.Stamp{}); !errors.Is(err, stamp.ErrNotELF) {
		t.Errorf("a script: %v", err)
	}
	if _, err := stamp.ReadELF(strings.NewReader("#!")); !errors.Is(err, stamp.ErrNotELF) {
		t.Errorf("reading a script: %v", err)
	}
	if _, err := stamp.AppendELF([]byte("\x7fELF\x02\x01\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"), stamp.Stamp{}); err == nil {
		t.Error("half a header was stamped")
	}
}

// FuzzAppendELF finds out whether a broken file can do more than be refused.
func FuzzAppendELF(f *testing.F) {
	for name, data := range elfFiles(f) {
		if len(data) < 4<<10 || name == "gcc-386-freebsd-exec" || name == "gcc-amd64-linux-exec" {
			f.Add(data)
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		want := stamp.Stamp{Go: "go1.26"}
		stamped, err := stamp.AppendELF(bytes.Clone(data), want)
		if err != nil {
			return
		}
		if _, err := elf.NewFile(bytes.NewReader(data)); err != nil {
			return // broken in a way that does not concern its sections
		}
		if got, err := stamp.ReadELF(bytes.NewReader(stamped)); err == nil && got != want {
			t.Errorf("read %+v, want %+v", got, want)
		}
	})
}
