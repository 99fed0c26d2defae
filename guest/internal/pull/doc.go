//go:build !wasip1

// Package pull serves a function through FC's runtime API, from which a
// process fetches its invocations:
//
//	GET  /2020-11-11/runtime/invocation/next             answered when there is one
//	POST /2020-11-11/runtime/invocation/{id}/response    what came of it
//	POST /2020-11-11/runtime/invocation/{id}/error
//
// The process asks for the next invocation as soon as it has one, and runs
// them at the same time: how many there are is up to the platform. Requests and
// what is printed are those of the FC Go SDK. Three things are different:
//
//   - After a failed request for an invocation the loop waits, longer each
//     time up to a second, instead of trying again at once.
//   - An invocation whose headers cannot be read is answered with an error,
//     instead of not at all. A missing deadline or timeout is no reason.
//   - The User-Agent says what the function takes, see [Loop].
package pull
