package engine

import (
	"errors"
	"testing"

	"github.com/wafer-run/wafer/abi"
)

// TestTicks runs the same call in instances of their own and in one after the
// other: the meter counts the same each time.
func TestTicks(t *testing.T) {
	newInstance := boundaryInstance(t)
	var want int64 = -1
	for range 3 {
		in := newInstance()
		for range 3 {
			c := &Call{Kind: abi.KindInvoke, Head: words(1, uint32(abi.PartPayload), 0, 8), PayloadLimit: 8}
			if _, err := in.Call(c); err != nil {
				t.Fatal(err)
			}
			if want < 0 {
				want = c.Ticks
			}
			if c.Ticks != want || want == 0 {
				t.Errorf("%d ticks, want %d", c.Ticks, want)
			}
		}
		in.Close()
	}
}

func TestBusyInstance(t *testing.T) {
	in := boundaryInstance(t)()
	defer in.Close()
	in.busy.Store(true)
	if _, err := in.Call(&Call{Kind: abi.KindInvoke}); !errors.Is(err, ErrBusy) {
		t.Errorf("error %v, want %v", err, ErrBusy)
	}
	in.busy.Store(false)
	if _, err := in.Call(&Call{Kind: abi.KindInvoke}); err != nil {
		t.Errorf("error %v", err)
	}
}
