package native

import (
	"hash/crc64"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/wafer-run/wafer/runner/native/internal/process"
)

// codeDir is where FC mounts the code. Commands that are written for FC name it.
const codeDir = process.CodeDir + "/"

// defaultPath is the PATH of a function that sets none.
const defaultPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

// command is what starts an instance.
type command struct {
	path string
	args []string
}

// String is the command as FC prints it, with a space behind each word.
func (c command) String() string {
	return strings.Join(append([]string{c.path}, c.args...), " ") + " "
}

// seen is the command as the program sees it, or would: in a file tree of its
// own the code is where FC has it.
func (c command) seen(in *instance) command {
	contained := process.Support()
	if in.proc != nil {
		contained = in.proc.Report()
	}
	if rest, ok := strings.CutPrefix(c.path, in.f.program.Dir+"/"); ok && contained.Has(process.MountNamespace) {
		c.path = codeDir + rest
	}
	return c
}

// command finds the start file.
func (f *Function) command() command {
	p := &f.program
	args := append(append([]string(nil), p.Command[1:]...), p.Args...)
	return command{path: f.startFile(p.Command[0]), args: args}
}

// startFile finds a program: in the code directory, or in the PATH.
func (f *Function) startFile(name string) string {
	if rest, ok := strings.CutPrefix(name, codeDir); ok {
		return filepath.Join(f.program.Dir, rest)
	}
	if filepath.IsAbs(name) {
		return name
	}
	own := filepath.Join(f.program.Dir, name)
	if _, err := os.Stat(own); err == nil || strings.Contains(name, "/") {
		return own
	}
	path := f.cfg.Env()["PATH"]
	if path == "" {
		path = defaultPath
	}
	for _, dir := range filepath.SplitList(path) {
		file := filepath.Join(dir, name)
		if info, err := os.Stat(file); err == nil && info.Mode().IsRegular() && info.Mode()&0o111 != 0 {
			return file
		}
	}
	return own
}

// startFileChecksum is the CRC-64 of the start file, 0 when it cannot be read.
func (f *Function) startFileChecksum() uint64 {
	file, err := os.Open(f.command().path)
	if err != nil {
		return 0
	}
	defer file.Close()
	sum := crc64.New(crc64.MakeTable(crc64.ECMA))
	if _, err := io.Copy(sum, file); err != nil {
		return 0
	}
	return sum.Sum64()
}
