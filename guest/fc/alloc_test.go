//go:build !race

package fc

import (
	"testing"

	"github.com/wafer-run/wafer/abi"
	"github.com/wafer-run/wafer/guest/internal/link"
)

// sinkHost is a Host that drops the answer.
type sinkHost struct{ request []byte }

func (h *sinkHost) RequestRead(dst []byte, off int) int      { return copy(dst, h.request[off:]) }
func (h *sinkHost) ResponseWrite(abi.Part, []byte) abi.Errno { return abi.ErrnoOK }
func (h *sinkHost) Reseed([4]uint64)                         {}

// TestAllocations keeps the way to the handler and back short: 7 allocations
// for the SDK (strings, invocation, baggage, memory size, body, two contexts),
// the rest for package json, and for reflection.
func TestAllocations(t *testing.T) {
	for _, tc := range []struct {
		name    string
		handler interface{}
		most    float64
	}{
		{"handler", structEmpty{}, 7},
		{"nothing", func() {}, 7},
		{"struct", func(e struct{ Name string }) (struct{ Text string }, error) {
			return struct{ Text string }{e.Name}, nil
		}, 16},
	} {
		t.Run(tc.name, func(t *testing.T) {
			host := &sinkHost{}
			var g *link.Guest
			g = link.NewGuest(host, func() { g.Start(dispatcher{NewFunction(tc.handler, 101)}) })
			g.Call(abi.KindBoot, 0)
			q := abi.Request{
				Context: abi.Context{RequestID: "r", Deadline: 4102444800123, FunctionName: "fn", Memory: 512},
				Body:    []byte(`{"Name":"x"}`),
			}
			host.request = q.AppendTo(nil)
			got := testing.AllocsPerRun(100, func() {
				if status := g.Call(abi.KindInvoke, uint32(len(host.request))); status != abi.StatusOK {
					t.Fatal(status)
				}
			})
			if got > tc.most {
				t.Errorf("%v allocations, want at most %v", got, tc.most)
			}
		})
	}
}
