// Package fc turns an ordinary Go program into a function:
//
//	package main
//
//	import "github.com/wafer-run/wafer/guest/fc"
//
//	func handle(event struct{ Name string }) (string, error) {
//		return "hello, " + event.Name, nil
//	}
//
//	func main() { fc.Start(handle) }
//
// It has the names, texts and habits of the fc package of the FC Go SDK, so
// that programs written for that one run unchanged. Where it differs, and why,
// is listed in the README of folder guest.
//
// # Concurrency
//
// In a sandbox one invocation runs at a time. Goroutines that a handler leaves
// behind go on during later invocations of the same instance, if there are any.
// A process of its own runs as many invocations at a time as it is given.
package fc
