//go:build wafer_portable || !linux

package runner_test

// onHeap says that linear memories are part of Go's heap.
const onHeap = true
