package code

import (
	"sync/atomic"

	"github.com/tetratelabs/wazero"
)

// Lease keeps code resident. It is safe for concurrent use.
type Lease struct {
	entry    *entry
	module   wazero.CompiledModule
	released atomic.Bool
}

// Module returns the code. Only instantiate it: what else it has to say is
// about a husk, and expensive.
func (l *Lease) Module() wazero.CompiledModule { return l.module }

// Release lets the code go, after every instance of it has been closed. A
// second call does nothing.
func (l *Lease) Release() {
	if l.released.Swap(true) {
		return
	}
	s := l.entry.store
	s.mu.Lock()
	defer s.mu.Unlock()
	l.entry.drop()
}
