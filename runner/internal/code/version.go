package code

import (
	"fmt"
	"runtime/debug"
)

const (
	// formatVersion is the version of the files of this package. What else they
	// depend on is found out by trying, see layoutID and selfTest.
	formatVersion = 1
	// wazeroVersion is the only version whose compiled modules are taken
	// apart. Others compile in the ordinary way.
	wazeroVersion = "v1.12.0"
)

const wazeroPath = "github.com/tetratelabs/wazero"

// checkWazero compares the wazero that was linked with the one this package
// was written against. Binaries without build information, such as tests,
// pass: the self-test follows.
func checkWazero(info *debug.BuildInfo, ok bool) error {
	if !ok {
		return nil
	}
	for _, dep := range info.Deps {
		if dep.Path != wazeroPath {
			continue
		}
		if dep.Replace != nil {
			return fmt.Errorf("wazero is replaced by %s %s", dep.Replace.Path, dep.Replace.Version)
		}
		if dep.Version != wazeroVersion {
			return fmt.Errorf("wazero is %s, not %s", dep.Version, wazeroVersion)
		}
	}
	return nil
}
