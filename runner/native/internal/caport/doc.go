// Package caport is the platform's side of FC's custom runtime: it sends HTTP
// requests to the port that a program listens on, which FC calls the CA port.
//
//	POST /invoke        an event; the body of the answer is the result
//	POST /initialize    the initializer, where there is one
//	GET  /pre-freeze    before an instance is left idle
//	GET  /pre-stop      before it ends
//	ANY  any path       a request of an HTTP trigger, as it came
//
// Connections are kept. Where one turns out to be closed before anything of a
// request was written, the request takes another one. See [Client.Do] for what
// becomes of one that was written.
package caport
