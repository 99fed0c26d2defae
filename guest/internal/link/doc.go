// Package link connects a function to whatever runs it. In a sandbox (wasip1)
// that is the ABI's one entry point and its two imports; elsewhere it is the
// runtime API of FC, or a server for debugging.
//
// Only the files for one platform know the transport. The rest is ordinary Go:
//
//	wafer_v1_call ──► Guest.Call ──► worker goroutine ──► Handler.Handle
//	 (export)          decode, boot    runs user code        package fc
//
//	FC_RUNTIME_API ──► package pull  ──► native.Invoke ──► Handler.Handle
//	(none) ──────────► package local      a goroutine each
package link
