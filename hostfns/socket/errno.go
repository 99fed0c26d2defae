package socket

// Errno is an error number of WASI preview 1, 0 for none.
type Errno uint16

// The numbers that operations on descriptors return, from
// https://github.com/WebAssembly/WASI/blob/snapshot-01/phases/snapshot/docs.md.
const (
	OK        Errno = 0
	AddrInUse Errno = 3
	Again     Errno = 6
	BadF      Errno = 8
	ConnReset Errno = 15
	Inval     Errno = 28
	NotConn   Errno = 53
	NotSup    Errno = 58
)
