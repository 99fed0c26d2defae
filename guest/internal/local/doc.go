//go:build !wasip1

// Package local serves a function over HTTP on this machine, for a look at it
// without a platform:
//
//	$ ./hello
//	fc: serving hello (events) on http://127.0.0.1:9000, try:
//
//	    curl http://127.0.0.1:9000/invoke -d '{"key":"value"}'
//
//	POST /invoke                                        the event is the body
//	POST /2023-03-30/functions/{any name}/invocations   the same
//	ANY  every other path                               an HTTP request
//
// A function that takes events gets HTTP requests as the events of an HTTP
// trigger. Headers x-fc-* of a request end up in the invocation's context.
//
// It listens on the loopback interface only, and limits nothing: it is no place
// to run a function for others.
package local
