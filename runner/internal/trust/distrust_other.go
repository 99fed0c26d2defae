//go:build !unix

package trust

import "io/fs"

// Distrust says why nothing must be taken from a directory, or "". Systems
// without owners and modes protect directories of their own accord.
func Distrust(info fs.FileInfo) string {
	if !info.IsDir() {
		return "it is no directory"
	}
	return ""
}
