// Package code keeps compiled guests: on disk, so that each is compiled once,
// and in memory for as long as somebody runs them or a budget allows.
//
//	rewritten module ── Prepare ──► files ──► Code ── Acquire ──► Lease
//	                                  └────── Lookup ──┘
//
// Machines are filled by distinct functions rather than by instances: each Go
// function brings some 20 MB of machine code. Loaded in the ordinary way all of
// that is private memory, with the decoded module on top, and loading takes as
// long as reading and checking both.
//
// So on Linux a module is compiled once and its machine code is written to a
// file. What wazero gets to see from then on is a husk: a module of the same
// shape with a handful of functions that only trap. It compiles in no time, and
// then its code is replaced by a private mapping of the file. Pages of that are
// clean: the kernel reads them as they are used, shares them between processes
// and drops them when memory is short. What is left in private memory of a
// function are some 15 KB.
//
// Elsewhere, with the interpreter, and whenever anything is not as expected,
// the module is compiled in the ordinary way, and [Info] says why.
//
// A directory of code is as trusted as the program. Its files are checked
// before they are used, but must not be changed in place, nor lie on disks that
// may go away: code is read from them while it runs.
package code
