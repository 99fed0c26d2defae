// Package serve sends HTTP requests to a guest that is a server.
//
//	request ──► Exchange ──► connection ──► guest's listener
//	answer  ◄── Exchange ◄── connection ◄── guest's handler
//	               │
//	            Driver: one goroutine that runs the guest while there are requests
//
// A [Driver] belongs to one instance. It runs the guest from the first request
// that enters to the last one that leaves; in between several may be in flight,
// each on a connection of its own, and the guest's scheduler runs their
// handlers side by side. When the last one has left, the guest comes back to
// the host with an empty stack, and can be saved, reset or left alone.
//
// An [Exchange] is one request: it writes HTTP/1.1 to a connection, in memory,
// and hands the answer on as it arrives. Connections are kept for later
// requests.
package serve
