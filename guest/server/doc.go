// Package server makes an HTTP server into a function: a program that listens
// on the port of the function, and knows nothing of functions. "wafer build"
// adds it to such programs; nobody needs to import it.
//
// It starts main, on a goroutine of its own, and lets all goroutines run when
// the host says so. Everything else is the host's and package net's: net.Listen
// returns the host's listener where it is asked for the function's port
// (abi/ABI.md, "Servers"), and the host connects to it.
//
//	wafer_v1_call(boot)  ──► go main()
//	wafer_v1_call(run)   ──► wait for the control descriptor ──► return
//	                          meanwhile: Accept, handlers, timers
//
// What a program may expect of its process holds: when main returns the
// instance ends, and so it does when a goroutine panics.
//
// Outside of wasip1 the package is empty.
package server
