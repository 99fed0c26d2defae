package snapshot

import (
	"os"

	"golang.org/x/sys/unix"
)

// startWriting has the kernel begin to write a file to disk, without waiting
// for it. Until then its pages cannot be dropped.
func startWriting(f *os.File) {
	_ = unix.SyncFileRange(int(f.Fd()), 0, 0, unix.SYNC_FILE_RANGE_WRITE)
}
