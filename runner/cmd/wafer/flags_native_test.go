package main

import (
	"os"
	"path/filepath"
	"testing"
)

// TestKind covers what a file is taken for.
func TestKind(t *testing.T) {
	for _, c := range []struct{ content, runtime, want string }{
		{"\x00asm\x01\x00\x00\x00", "auto", "module"},
		{"\x00asm\x01\x00\x00\x00", "go1", "FILE is a WebAssembly module, --runtime go1 is for native programs"},
		{"\x7fELF\x02", "auto", "go1"},
		{"\x7fELF\x02", "go1", "go1"},
		{"\x7fELF\x02", "custom", "custom"},
		{"#!/bin/sh\n", "auto", "custom"},
		{"#!/bin/sh\n", "go1", "go1"},
		{"", "auto", "module"},
		{"#", "auto", "module"},
		{"text", "auto", "module"},
		{"text", "custom", "custom"},
	} {
		p := programFlags{Runtime: c.runtime}
		p.File = filepath.Join(t.TempDir(), "file")
		if err := os.WriteFile(p.File, []byte(c.content), 0o600); err != nil {
			t.Fatal(err)
		}
		kind, err := p.kind()
		got := "module"
		if err != nil {
			got = "FILE" + err.Error()[len(p.File):]
		} else if kind != nil {
			got = kind.String()
		}
		if got != c.want {
			t.Errorf("%q with --runtime %s is taken for %s, want %s", c.content, c.runtime, got, c.want)
		}
	}
}
