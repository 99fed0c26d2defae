package hostfns

import (
	"fmt"

	"github.com/tetratelabs/wazero/api"
)

// Fault is a guest's mistake in calling a host function. It ends the call and
// the instance.
type Fault struct {
	Func   string // import module and name, for example wafer_v1.request_read
	Ptr    uint32
	Len    uint32
	Memory uint32 // size of the guest's memory in bytes
}

func (f *Fault) Error() string {
	return fmt.Sprintf("hostfns: %s: guest range [%#x, +%#x) is outside its memory of %#x bytes", f.Func, f.Ptr, f.Len, f.Memory)
}

// Memory is a guest's linear memory during one call of a host function. It
// must not be kept after the function returns.
type Memory struct {
	fn  string
	mem api.Memory
}

// NewMemory returns the memory of a module that is calling the host function
// fn (import module and name, for errors).
func NewMemory(fn string, m api.Module) Memory { return Memory{fn: fn, mem: m.Memory()} }

// Bytes returns the guest's bytes [ptr, ptr+n). They alias the guest's memory:
// copy what must outlive the host function. The sum is taken in 64 bits, so a
// range near 2^32 cannot wrap; an empty range is valid up to and including the
// end of the memory.
//
// A range outside the memory panics with a [*Fault], which ends the call.
func (m Memory) Bytes(ptr, n uint32) []byte {
	if m.mem != nil {
		if b, ok := m.mem.Read(ptr, n); ok {
			return b
		}
	}
	size := uint32(0)
	if m.mem != nil {
		size = m.mem.Size()
	}
	panic(&Fault{Func: m.fn, Ptr: ptr, Len: n, Memory: size})
}
