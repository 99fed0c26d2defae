//go:build !unix

package code

import "io/fs"

// distrust says why code must not be taken from a directory, or "". Systems
// without owners and modes protect directories of their own accord.
func distrust(info fs.FileInfo) string {
	if !info.IsDir() {
		return "it is no directory"
	}
	return ""
}
