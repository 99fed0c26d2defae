package main

import (
	"fmt"
	"runtime"
	"runtime/debug"
)

type versionCmd struct{}

// Run prints the versions that a bug report needs.
func (versionCmd) Run(sys *system) error {
	_, err := fmt.Fprintf(sys.stdout, "wafer %s %s/%s %s\n", version(), runtime.GOOS, runtime.GOARCH, runtime.Version())
	return err
}

// version is this program's module version, "(devel)" for one built from a
// working tree.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Version == "" {
		return "(devel)"
	}
	return info.Main.Version
}
