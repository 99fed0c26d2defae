//go:build unix && !linux

package front

// hungUp cannot be told here. An alert alone will do.
func hungUp(int) bool { return true }
