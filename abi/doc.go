// Package abi is the contract between a wafer host and the functions it runs:
// names, numbers, byte layouts, and the codec for them. Both sides import it,
// so neither can drift from the other. ABI.md, beside this file, is the same
// contract for people who write a guest in another language.
//
// A guest exports its linear memory and one function, [ExportCall]. The host
// calls it once per lifecycle event ([Kind]); the guest pulls the request with
// [ImportRequestRead] and pushes the answer in pieces with
// [ImportResponseWrite]. Requests and most answers are frames: sequences of
// tagged fields (see [Reader]) that either side may extend, because a reader
// skips the fields it does not know.
//
// The package uses the standard library only, keeps no state, and compiles at
// language version go1.18: the build command copies it into the module that
// stands in for the FC Go SDK.
//
// Everything here is safe for concurrent use unless it says otherwise.
package abi
