package logs

import (
	"context"

	"github.com/tetratelabs/wazero/api"

	"github.com/wafer-run/wafer/abi"
	"github.com/wafer-run/wafer/hostfns"
)

// Capability grants structured log records:
//
//	write(level i32, ptr i32, len i32)
//
//	level  abi.Level, 0 debug to 3 error
//	       ptr            ptr+len
//	        |                |
//	  ...  [ text, no newline ]  ...     guest memory
//
// A record becomes one line. stdout and stderr need no grant of their own:
// without this capability they are discarded.
type Capability struct{}

var _ hostfns.Capability = Capability{}

// Name implements [hostfns.Capability].
func (Capability) Name() string { return "logs" }

// Module implements [hostfns.Capability].
func (Capability) Module() string { return abi.LogModule }

// Funcs implements [hostfns.Capability].
func (Capability) Funcs() []hostfns.Func {
	const i32 = api.ValueTypeI32
	return []hostfns.Func{{
		Name:   abi.ImportLogWrite,
		Params: []api.ValueType{i32, i32, i32},
		Do: func(ctx context.Context, mem hostfns.Memory, stack []uint64) {
			text := mem.Bytes(uint32(stack[1]), uint32(stack[2]))
			if r, ok := ctx.Value(Key{}).(*Recorder); ok {
				r.Record(abi.Level(uint32(stack[0])), text)
			}
		},
	}}
}

// Key is under which the running call's context holds the [*Recorder].
type Key struct{}
