package link

import "github.com/wafer-run/wafer/abi"

// Host is the other side of the ABI: its imports.
type Host interface {
	// RequestRead copies the request from byte off on to dst, and returns how
	// many bytes it copied.
	RequestRead(dst []byte, off int) int
	// ResponseWrite hands over one piece of the answer.
	ResponseWrite(part abi.Part, p []byte) abi.Errno
	// Reseed replaces the random state in memory. It is called with fresh
	// entropy after the instance was restored from a snapshot.
	Reseed(seed [4]uint64)
}
