package engine

import (
	"context"

	"github.com/wafer-run/wafer/hostfns"
)

// What the host does for a guest is not in the guest's ticks, and a guest that
// has the host work could not be stopped. So host functions take ticks: so many
// for each call, and more by the size of what they handle, piece by piece. See
// RATIONALE.md, "Why do host functions cost ticks?".
const (
	// callTicks is what a call of a host function costs, about a quarter of a
	// microsecond.
	callTicks = 64
	// pieceSize is how many bytes are handled between two looks at the deadline.
	pieceSize = 64 << 10

	// How many bytes a tick pays for, as a power of two: of those that are
	// copied, and of those that are random or split into lines.
	copyShift = 10
	workShift = 4
)

// spend takes ticks from the running call, which ends here if its time is up.
func (in *Instance) spend(ticks int) {
	left := int64(in.fuel.Get()) - int64(ticks)
	in.fuel.Set(uint64(left))
	if left < 0 {
		in.refill()
	}
}

// inPieces calls do with b piece by piece and takes a tick for 2^shift bytes
// each.
func (in *Instance) inPieces(b []byte, shift int, do func(piece []byte) error) error {
	for len(b) > 0 {
		piece := b[:min(len(b), pieceSize)]
		b = b[len(piece):]
		if err := do(piece); err != nil {
			return err
		}
		in.spend(len(piece) >> shift)
	}
	return nil
}

// charged makes the functions of a capability cost what calls cost. Those that
// handle more than some kilobytes in a call have to do more.
type charged struct{ hostfns.Capability }

// Funcs implements [hostfns.Capability].
func (c charged) Funcs() []hostfns.Func {
	funcs := c.Capability.Funcs()
	for i, f := range funcs {
		funcs[i].Do = func(ctx context.Context, mem hostfns.Memory, stack []uint64) {
			instanceOf(ctx).spend(callTicks)
			f.Do(ctx, mem, stack)
		}
	}
	return funcs
}
