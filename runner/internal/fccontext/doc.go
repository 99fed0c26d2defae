// Package fccontext lists what FC tells the program of a custom runtime about
// its function: in headers of every request, and in its environment. Servers in
// sandboxes and native programs are told the same.
package fccontext
