// Package runner runs functions written for the Function Compute model inside
// WebAssembly sandboxes. It is the engine of wafer as a library.
//
//	r, err := runner.New(ctx, runner.NewConfig())
//	f, err := r.Load(ctx, runner.NewFunctionConfig("hello"), wasm)
//	res, err := f.Invoke(ctx, runner.Event{Payload: []byte(`{"key":"value"}`)})
//
// A [Runner] holds the engine, a [Function] one loaded module with its
// configuration and its instances. Both are safe for concurrent use; a
// [Function] runs as many invocations at once as it may have instances, and
// queues the rest.
//
// # Errors
//
// What goes wrong has a type by phase: [*LoadError] while loading,
// [ErrThrottled] and [ErrClosed] while waiting for an instance, [*LimitError]
// for input over a limit, and [*InvokeError] for everything that happens once
// the function has started: returned errors, panics, exits, timeouts, memory.
// An [*InvokeError] never costs more than the instance it happened in.
package runner
