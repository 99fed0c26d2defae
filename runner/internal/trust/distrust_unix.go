//go:build unix

package trust

import (
	"fmt"
	"io/fs"
	"os"
	"syscall"
)

// Distrust says why nothing must be taken from a directory, or "".
func Distrust(info fs.FileInfo) string {
	if !info.IsDir() {
		return "it is no directory"
	}
	if mode := info.Mode().Perm(); mode&0o022 != 0 {
		return fmt.Sprintf("it has mode %#o: others could put code into it, make it 0700", mode)
	}
	if st, ok := info.Sys().(*syscall.Stat_t); ok && int(st.Uid) != os.Geteuid() {
		return fmt.Sprintf("it belongs to user %d, this is user %d", st.Uid, os.Geteuid())
	}
	return ""
}
