package main

import (
	"bufio"
	"context"
	"debug/buildinfo"
	"debug/elf"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"text/tabwriter"

	"github.com/wafer-run/wafer/runner/internal/stamp"
	"github.com/wafer-run/wafer/runner/native"
)

// nativeInspection is what can be known about a native program without running
// it.
type nativeInspection struct {
	Style   string `json:"style"` // program or script
	Runtime string `json:"runtime"`
	Port    int    `json:"port,omitempty"` // of a custom runtime
	// What its build left in it. Empty for scripts and programs in other languages.
	Wafer  string `json:"wafer,omitempty"`
	Go     string `json:"go,omitempty"`
	SDK    string `json:"sdk,omitempty"`
	Server bool   `json:"server"`

	Machine     string `json:"machine,omitempty"`     // of a program
	Interpreter string `json:"interpreter,omitempty"` // of a script, or the loader of a program that is not static
	Size        int    `json:"size"`                  // bytes
	Executable  bool   `json:"executable"`
	// The package that the program is in, if it is in one.
	Package     string `json:"package,omitempty"` // zip or directory
	PackageSize int    `json:"packageSize,omitempty"`
	Checksum    uint64 `json:"checksum,omitempty"` // of a zip
	Start       string `json:"start"`              // start file, in its code directory

	Containment string `json:"containment"` // what there is of it here, or why programs cannot be run
}

// inspectNative looks at the program that the flags name.
func (p *programFlags) inspectNative(kind native.Kind) (*nativeInspection, error) {
	info, err := os.Stat(p.File)
	if err != nil {
		return nil, err
	}
	file, err := os.Open(p.File)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	i := &nativeInspection{
		Style: "script", Runtime: kind.String(), Size: int(info.Size()), Executable: info.Mode()&0o111 != 0,
		Start: filepath.Base(p.File), Containment: containment(),
	}
	if kind == native.Custom {
		i.Port = p.Port
	}
	if p.pack != nil {
		i.Package, i.PackageSize = p.pack.Kind().String(), int(p.pack.Size())
		if i.PackageSize > 0 {
			if i.Checksum, err = p.pack.Checksum(); err != nil {
				return nil, err
			}
		}
		if rel, err := filepath.Rel(p.dir, p.File); err == nil {
			i.Start = filepath.ToSlash(rel)
		}
	}
	program, err := elf.NewFile(file)
	if err != nil {
		line, err := bufio.NewReader(io.LimitReader(file, 256)).ReadString('\n')
		if rest, ok := strings.CutPrefix(line, "#!"); ok && (err == nil || err == io.EOF) {
			i.Interpreter = strings.TrimSpace(rest)
		}
		return i, nil
	}
	i.Style, i.Machine = "program", machineOf(program)
	for _, part := range program.Progs {
		if part.Type == elf.PT_INTERP {
			loader, err := io.ReadAll(io.LimitReader(part.Open(), 4096))
			if err != nil {
				return nil, fmt.Errorf("%s: reading the name of its loader: %w", p.File, err)
			}
			i.Interpreter = strings.TrimRight(string(loader), "\x00")
		}
	}
	if s, err := stamp.ReadELF(file); err == nil {
		i.Wafer, i.Go, i.SDK, i.Server = s.Wafer, s.Go, s.SDK, s.Server
	} else if b, err := buildinfo.Read(file); err == nil {
		i.Go = b.GoVersion
	}
	return i, nil
}

// machineOf is what a program is for, as Go calls it where that is known.
func machineOf(program *elf.File) string {
	name, ok := map[elf.Machine]string{
		elf.EM_X86_64: "amd64", elf.EM_AARCH64: "arm64", elf.EM_386: "386", elf.EM_ARM: "arm",
		elf.EM_RISCV: "riscv64", elf.EM_LOONGARCH: "loong64",
	}[program.Machine]
	if !ok {
		return program.Machine.String()
	}
	return name
}

// containment is what there is here to contain native programs with.
func containment() string {
	rt, err := native.New(native.Config{})
	if err != nil {
		return "none, they cannot be run here: " + err.Error()
	}
	defer rt.Close(context.Background())
	return rt.Containment()
}

func printNative(w io.Writer, i *nativeInspection) error {
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	row := func(name, format string, args ...any) { fmt.Fprintf(tw, name+"\t"+format+"\n", args...) }
	if i.Style == "script" {
		row("kind", "script, run by %s", or(i.Interpreter, "nothing: it has no #! line"))
	} else {
		row("kind", "native program for linux/%s, %s", i.Machine, or(prefix("loaded by ", i.Interpreter), "static"))
		row("sdk", "%s", or(strings.TrimSpace(i.SDK+" "+i.Go), "none"))
		row("stamp", "%s", or(prefix("built by wafer ", i.Wafer), "none: it was built by other means"))
	}
	if i.Port != 0 {
		row("runtime", "%s: HTTP server on port %d", i.Runtime, i.Port)
	} else {
		row("runtime", "%s: asks for its invocations", i.Runtime)
	}
	row("size", "%s", bytesOf(i.Size))
	row("start file", "%s%s", i.Start, map[bool]string{false: ", which is not executable"}[i.Executable])
	switch {
	case i.PackageSize > 0:
		row("package", "%s of %s, checksum %d", i.Package, bytesOf(i.PackageSize), i.Checksum)
	case i.Package != "":
		row("package", "%s", i.Package)
	}
	row("containment", "%s", i.Containment)
	return tw.Flush()
}
