//go:build unix

package cachelimit

import (
	"io/fs"
	"syscall"
)

// allocated returns the bytes a file takes on disk: holes take none.
func allocated(info fs.FileInfo) int64 {
	if st, ok := info.Sys().(*syscall.Stat_t); ok {
		return st.Blocks * 512
	}
	return info.Size()
}
