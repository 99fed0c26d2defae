//go:build linux && !wafer_portable

package runner_test

// onHeap says that linear memories are part of Go's heap.
const onHeap = false
