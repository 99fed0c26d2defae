package abi

// Descriptors of this number and above are the host's: what a guest can wait
// for and is no file. WASI's functions take them like all others. They never
// block: what cannot be done yet is answered with again, and poll_oneoff waits
// until it can be.
const DescriptorFirst = 1 << 16

const (
	// DescriptorControl becomes readable when the host wants [KindRun] to
	// return. Reading it yields one byte. It is always open.
	DescriptorControl = DescriptorFirst
	// DescriptorListener accepts connections, once [ImportListen] opened it.
	DescriptorListener = DescriptorFirst + 1
	// DescriptorConnection is the first of the accepted connections, which
	// get the lowest free number.
	DescriptorConnection = DescriptorFirst + 2
)
