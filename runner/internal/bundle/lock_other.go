//go:build !unix || solaris || aix

package bundle

import "os"

// Without locks, nobody knows who else uses a directory: it stays.
func lockShared(*os.File) error   { return nil }
func lockExclusive(*os.File) bool { return false }
