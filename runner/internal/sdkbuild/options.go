package sdkbuild

import "io"

// Options says what to build and with what. Only Env has no usable zero value.
type Options struct {
	// Package is the main package: a directory, a .go file or an import path,
	// seen from Dir. Default: ".".
	Package string
	// Target is what to build for, as GOOS/GOARCH: [DefaultTarget] for a module,
	// or a system, for example "linux/amd64", for a static native program that
	// speaks FC's runtime API. Default: DefaultTarget.
	Target string
	// Output is the file to write, seen from Dir; in a directory of that name,
	// the file's name is the default one. Default: the name of the package's
	// directory with ".wasm" for a module, in Dir.
	Output string
	// Dir is the working directory. Default: the process's own.
	Dir string
	// Env is the environment of the go command, as from os.Environ: at least
	// PATH, and HOME or GOCACHE. GOFLAGS in it counts as far as it makes sense
	// here: -tags, -buildvcs, -modcacherw, -p and -mod.
	Env []string
	// Go is the go command, as a path or a name to look up in PATH of Env.
	// Default: "go".
	Go string
	// Tags are extra build tags.
	Tags []string
	// LDFlags are flags for the Go linker, in one string as for go build.
	LDFlags string
	// Version is the version of this program, for the build stamp.
	// Default: "(devel)".
	Version string
	// Stderr gets what the go command has to say: downloads and compile errors,
	// with the user's own file names. Default: nowhere.
	Stderr io.Writer
}

// Result describes a finished build.
type Result struct {
	// Output is the absolute path of the file.
	Output string
	// Size is the size of the file, in bytes.
	Size int64
	// Target is what it was built for, as GOOS/GOARCH.
	Target string
	// MemoryPages is the memory that the module declares to start with, in
	// pages of 64 KiB. Go grows it while it starts. 0 for a native program.
	MemoryPages uint32
	// GoVersion is the toolchain's version, such as "go1.26.1".
	GoVersion string
	// SDK is the module path the handler imports its SDK from, "" for a server.
	SDK string
	// Reseed says that the guest can renew the Go runtime's random state, which
	// only a module has to.
	Reseed bool
	// Warnings are sentences for the person who builds, in order of weight.
	Warnings []string
}
