package runtimeapi

import "github.com/wafer-run/wafer/abi"

// Invocation is one call of a process.
type Invocation struct {
	// ID is what the process answers to. Of two invocations with one ID only
	// one may run at a time.
	ID string
	// Header is everything else that the process is told, in canonical keys.
	Header []abi.Pair
	Body   []byte
	// Limit is how many bytes the answer may have.
	Limit int
}
