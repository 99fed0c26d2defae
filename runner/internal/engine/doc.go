// Package engine runs guests on wazero. It knows the ABI, the clock, the
// meter and the memory of an instance; it knows nothing of functions, pools or
// HTTP.
//
//	Engine ── Prepare ──► Module ── Instantiate ──► Instance ── Call ──► answer
//
// An [Engine] holds one wazero runtime and the host modules. A [Module] is a
// prepared guest: checked, rewritten and compiled. An [Instance] is one
// sandbox: a linear memory, a set of globals, a log, and at most one [Call] at
// a time. A guest that is a server is not called for each event: it runs
// (Instance.Run) and waits for the host's descriptors. Every way a call can end
// is an error of this package; see errors.go.
package engine
