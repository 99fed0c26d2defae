package main

import (
	"bytes"
	"cmp"
	"debug/elf"
	"encoding/binary"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/wafer-run/wafer/runner/internal/stamp"
)

// stamped returns the smallest program that can have a stamp.
func stamped(t *testing.T, s stamp.Stamp) []byte {
	t.Helper()
	const header, section = 64, 64
	h := elf.Header64{
		Type: uint16(elf.ET_EXEC), Machine: uint16(elf.EM_X86_64), Version: uint32(elf.EV_CURRENT),
		Shoff: header, Ehsize: header, Shentsize: section, Shnum: 2, Shstrndx: 1,
	}
	copy(h.Ident[:], elf.ELFMAG+"\x02\x01\x01")
	names := elf.Section64{Type: uint32(elf.SHT_STRTAB), Off: header + 2*section, Size: 1, Addralign: 1}
	var b bytes.Buffer
	for _, part := range []any{h, elf.Section64{}, names, uint8(0)} {
		if err := binary.Write(&b, binary.LittleEndian, part); err != nil {
			t.Fatal(err)
		}
	}
	program, err := stamp.AppendELF(b.Bytes(), s)
	if err != nil {
		t.Fatal(err)
	}
	return program
}

// TestKind covers what a file is taken for.
func TestKind(t *testing.T) {
	server, handler := stamped(t, stamp.Stamp{Server: true}), stamped(t, stamp.Stamp{SDK: "sdk"})
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
		{"\x7fELF\x02", "auto bootstrap", "custom"},
		{"\x7fELF\x02", "go1 bootstrap", "go1"},
		{string(server), "auto", "custom"},
		{string(server), "go1", "go1"},
		{string(handler), "auto", "go1"},
	} {
		runtime, name, _ := strings.Cut(c.runtime, " ")
		p := programFlags{Runtime: runtime}
		p.File = filepath.Join(t.TempDir(), cmp.Or(name, "file"))
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
			t.Errorf("%.20q with --runtime %s is taken for %s, want %s", c.content, c.runtime, got, c.want)
		}
	}
}

// TestDefaultName covers what a function is called by its file.
func TestDefaultName(t *testing.T) {
	t.Chdir(t.TempDir())
	if err := os.Mkdir("fn", 0o700); err != nil {
		t.Fatal(err)
	}
	t.Chdir("fn")
	for file, want := range map[string]string{
		"hello.wasm": "hello", "./main": "main", "dir/bootstrap": "dir", "./bootstrap": "fn", "bootstrap.wasm": "fn", "/bootstrap": "bootstrap",
	} {
		if got := defaultName(file); got != want {
			t.Errorf("%s is called %s, want %s", file, got, want)
		}
	}
}
