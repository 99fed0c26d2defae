// Package native runs functions that are native linux/amd64 programs, in the
// two ways that Function Compute knows:
//
//   - [Go1]: a binary of the FC Go SDK, unmodified. It asks for invocations
//     over the runtime API that FC_RUNTIME_API names, version 2020-11-11.
//   - [Custom]: a server of any kind that listens on a port: the custom
//     runtime. Events come as POST /invoke, requests of HTTP triggers as they
//     are.
//
// A [Function] keeps to the contract of [runner.Function]: the same events,
// results, limits, log lines and errors, so that whoever calls functions need
// not know which kind they are.
//
//	rt, err := native.New(native.Config{})
//	defer rt.Close(ctx)
//	f, err := rt.Load(ctx, runner.NewFunctionConfig("hello").WithHandler("main"),
//		native.Program{Kind: native.Go1, Dir: "/srv/hello"})
//	res, err := f.Invoke(ctx, runner.Event{Payload: []byte(`{"key":"value"}`)})
//
// # Isolation
//
// A native program is contained by what the kernel offers ([Runtime.Containment]
// says what that is) and not by a sandbox of wafer's own: trust it as you would
// trust a container. It starts in milliseconds and takes some megabytes, where a
// WebAssembly function takes a fraction of either.
//
// # Failures
//
// What fails, fails in FC's words, as in a sandbox. A handler's error leaves the
// instance alone. An instance that timed out, was left by its client or ended is
// replaced, with all processes it started; of several invocations in one
// instance the others may finish first. One with a [HealthCheck] outlives
// clients that leave, as on FC.
//
// Of [runner.FunctionConfig] everything applies but the snapshot mode, warm-up
// events and grants, which have no meaning here.
package native
