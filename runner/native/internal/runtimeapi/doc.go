// Package runtimeapi is the platform's side of FC's runtime API, version
// 2020-11-11, from which binaries of the FC Go SDK pull their invocations:
//
//	GET  /2020-11-11/runtime/invocation/next             200 when there is one
//	POST /2020-11-11/runtime/invocation/{id}/response    200
//	POST /2020-11-11/runtime/invocation/{id}/error       200
//
// A [Server] belongs to one process. The SDK asks for the next invocation as
// soon as it has one and tries again at once, for ever, when it gets anything
// but 200: so a request for the next one is held until there is one, and the
// process must be ended before its server.
//
// An answer to an invocation that is not running, because nobody asked for it,
// it was answered before or its time is over, gets 404 and changes nothing.
package runtimeapi
