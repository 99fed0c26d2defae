//go:build !wasip1

// Package process is a function that is a process of its own, rather than a
// module in a sandbox: what serves it there, see packages pull and local, and
// what it prints for each invocation.
//
// None of this is part of a sandboxed function: it would bring net/http along.
package process
