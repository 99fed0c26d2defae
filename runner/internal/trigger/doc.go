// Package trigger translates between HTTP and the events of FC 3.0's HTTP
// trigger, for handlers that take events: a request becomes a JSON object of a
// fixed form, and the handler's result becomes an answer.
//
// It knows no server and no runner: bytes and pairs in, bytes and pairs out.
package trigger
