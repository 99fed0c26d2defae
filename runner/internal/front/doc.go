// Package front serves functions over HTTP the way Function Compute does: its
// API paths of both generations, its HTTP triggers, its headers, limits and
// error bodies.
//
//	fasthttp ── exchange: route → limits → lookup → body ──► runner.Function
//	         ◄── headers, result or streamed answer ◄───────
//
// A request is an [exchange] from its first header to the last byte of its
// answer, on the connection's goroutine. What belongs to the FC model stands in
// one file each: routes, generations, limits, errors, header policy.
//
// # Streaming
//
// fasthttp sends an answer after the handler has returned, a function writes it
// while it runs. So a function that takes HTTP runs as a coroutine: until it
// ends, which makes an answer with a Content-Length, or until its answer turns
// out to be a stream. Then fasthttp sends the head, and the function goes on
// with the connection in its hands. Both sides share one goroutine's turn: there
// is no pipe, no copy and no lock between them.
//
// # Clients that leave
//
// Reading from a connection while its request runs would take pipelined requests
// from fasthttp, so requests that last are looked after by a sweep that peeks at
// their sockets. A client that closes, or half-closes, its side without having
// sent more is taken as gone, within [sweepInterval].
package front
