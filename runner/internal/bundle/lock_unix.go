//go:build unix && !solaris && !aix

package bundle

import (
	"errors"
	"os"

	"golang.org/x/sys/unix"
)

func lockShared(f *os.File) error {
	for {
		if err := unix.Flock(int(f.Fd()), unix.LOCK_SH); !errors.Is(err, unix.EINTR) {
			return err
		}
	}
}

// lockExclusive tells whether the lock is nobody else's, and takes it then.
func lockExclusive(f *os.File) bool {
	return unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB) == nil
}
