package subject

import (
	"bytes"
	"encoding/binary"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/tetratelabs/wazero"
)

// build lays an archive out by hand.
func build(id [32]byte, parts ...string) []byte {
	le := binary.LittleEndian
	b := append([]byte("WAFER\x00\x01\x00kind"), byte(len(parts)), 0, 0, 0)
	b = append(b, id[:]...)
	at := len(b) + 24*len(parts) + 4
	for _, p := range parts {
		b = le.AppendUint64(b, uint64(at))
		b = le.AppendUint64(b, uint64(len(p)))
		b = le.AppendUint32(b, sum([]byte(p)))
		b = le.AppendUint32(b, 0)
		at += len(p) + 3
	}
	b = le.AppendUint32(b, sum(b))
	for _, p := range parts {
		b = append(b, p...)
		b = append(b, "..."...)
	}
	return b
}

func TestRename(t *testing.T) {
	file := filepath.Join(t.TempDir(), "archive")
	from, to := [32]byte{1, 2, 3}, [32]byte{4, 5}
	if err := os.WriteFile(file, build(from, "nothing", "old, old", "older"), 0o600); err != nil {
		t.Fatal(err)
	}
	a, err := readArchive(file)
	if err != nil {
		t.Fatal(err)
	}
	if !a.contains([]byte("old")) || a.contains([]byte("new")) || a.contains([]byte("WAFER")) {
		t.Error("contains is wrong")
	}
	if diff := cmp.Diff(build(to, "nothing", "new, new", "newer"), a.rename(to, []byte("old"), []byte("new"))); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(build(from, "nothing", "old, old", "older"), a.content); diff != "" {
		t.Errorf("the original has changed: %s", diff)
	}
}

func TestReadArchiveRefuses(t *testing.T) {
	good := build([32]byte{}, "part")
	for name, content := range map[string][]byte{
		"empty":          nil,
		"another format": append([]byte("WAFER\x00\x02\x00"), good[8:]...),
		"a damaged head": append(append(bytes.Clone(good[:20]), good[20]^1), good[21:]...),
		"a cut-off head": good[:60],
		"a lot of parts": append(append(bytes.Clone(good[:12]), 0xff, 0xff, 0xff, 0x7f), good[16:]...),
		"something else": []byte("#!/bin/sh\necho this is no archive, but it is long enough to be one"),
	} {
		file := filepath.Join(t.TempDir(), "archive")
		if err := os.WriteFile(file, content, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := readArchive(file); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

// TestFork expects forks to be valid modules, and all different.
func TestFork(t *testing.T) {
	if testing.Short() {
		t.Skip("compiles a whole guest")
	}
	ctx := t.Context()
	rt := wazero.NewRuntimeWithConfig(ctx, wazero.NewRuntimeConfigInterpreter().WithCustomSections(true))
	defer rt.Close(ctx)
	base := []byte("\x00asm\x01\x00\x00\x00")
	seen := map[string]bool{string(base): true}
	for _, i := range []int{0, 1, 255, 256, 70_000} {
		fork := Fork(base, i)
		if seen[string(fork)] {
			t.Errorf("fork %d is like another", i)
		}
		seen[string(fork)] = true
		m, err := rt.CompileModule(ctx, fork)
		if err != nil {
			t.Fatalf("fork %d: %v", i, err)
		}
		if list := m.CustomSections(); len(list) != 1 || list[0].Name() != "fork" {
			t.Errorf("fork %d has custom sections %v", i, list)
		}
	}
}
