package code

import "github.com/tetratelabs/wazero"

// DefaultBudget is enough for 8,000 Go functions as mapped code, or for 30 that
// were compiled in the ordinary way.
const DefaultBudget = 1 << 30

// Options configures a [Store].
type Options struct {
	// Dir keeps compiled code across processes, which may share it. It is made
	// with mode 0700 and refused when others own it or may write to it. Empty
	// means a directory in the system's place for temporary files, which goes
	// away with the store. Where that cannot be made, everything stays in
	// memory and nothing is evicted.
	Dir string
	// Budget limits the private memory that resident code takes, in bytes and
	// by estimate. Code that nobody uses is evicted beyond it, the least
	// recently used first; code in use may exceed it. On Linux the number of
	// modules is limited as well, so that they use a quarter of the mappings
	// that a process may have (vm.max_map_count). Zero means
	// [DefaultBudget], less than zero keeps nothing that is not used.
	Budget int64
	// Config is the configuration of the runtime, without a cache.
	Config wazero.RuntimeConfig
	// Plain loads everything in the ordinary way, as the interpreter needs.
	Plain bool
}
