// Package code keeps compiled guests: on disk, so that each is compiled once,
// and in memory for as long as somebody runs them or a budget allows.
//
//	rewritten module ── Prepare ──► files ──► Code ── Acquire ──► Lease
//
// Machines are filled by distinct functions rather than by instances: each Go
// function brings some 20 MB of machine code, and an engine that loads it in
// the ordinary way keeps that and half as much of decoded module in private
// memory. So on Linux a module is compiled once, its machine code is written
// to a file, and what is loaded from then on is a husk, i.e. the same
// module with bodies that only trap (see [rewrite.Husk]), whose code is then
// replaced by a private mapping of that file. Its pages are clean: the kernel
// reads them as they are used, shares them between processes and drops them
// when memory is short.
//
// Elsewhere, with the interpreter, and whenever anything is not as expected,
// the module is compiled in the ordinary way, and [Info] says why.
package code
