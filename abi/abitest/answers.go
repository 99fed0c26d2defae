package abitest

import "github.com/wafer-run/wafer/abi"

// answers are valid frames of all types but request.
func answers() []Vector {
	return []Vector{
		{
			Name:  "http-head: status and header (ABI.md)",
			Frame: FrameHTTPHead,
			Hex:   "2700 0000 04000000 94010000" + "2600 0000 06000000 01000000 58 79",
			Value: &abi.HTTPHead{Status: 404, Headers: []abi.Pair{{Key: "X", Value: "y"}}},
		}, {
			Name:  "http-head: nothing",
			Frame: FrameHTTPHead,
			Value: &abi.HTTPHead{},
		}, {
			Name:  "http-head: two values of a header",
			Frame: FrameHTTPHead,
			Hex: "2600 0000 11000000 0a000000 5365742d436f6f6b6965 613d31" +
				"2600 0000 11000000 0a000000 5365742d436f6f6b6965 623d32",
			Value: &abi.HTTPHead{Headers: []abi.Pair{{Key: "Set-Cookie", Value: "a=1"}, {Key: "Set-Cookie", Value: "b=2"}}},
		}, {
			Name:  "http-head: body of 5 bytes follows",
			Frame: FrameHTTPHead,
			Hex:   "2700 0000 04000000 c8000000" + "2800 0000 08000000 0500000000000000",
			Value: &abi.HTTPHead{Status: 200, BodySize: 5 + 1},
		}, {
			Name:  "http-head: body of 0 bytes follows",
			Frame: FrameHTTPHead,
			Hex:   "2800 0000 08000000 0000000000000000",
			Value: &abi.HTTPHead{BodySize: 0 + 1},
		}, {
			Name:  "http-head: largest body",
			Frame: FrameHTTPHead,
			Hex:   "2800 0000 08000000 feffffffffffff7f",
			Value: &abi.HTTPHead{BodySize: 1<<63 - 1},
		}, {
			Name:   "http-head: status behind headers, unknown field",
			Frame:  FrameHTTPHead,
			Hex:    "2600 0000 06000000 01000000 58 79" + "7f00 0000 01000000 00" + "2700 0000 04000000 c8000000",
			Value:  &abi.HTTPHead{Status: 200, Headers: []abi.Pair{{Key: "X", Value: "y"}}},
			OneWay: true,
		}, {
			Name:  "error: one stack frame (ABI.md)",
			Frame: FrameError,
			Hex:   "4200 0000 0d000000 07000000 04000000 612e676f 66",
			Value: &abi.Error{Stack: []abi.StackFrame{{Path: "a.go", Line: 7, Label: "f"}}},
		}, {
			Name:  "error: everything",
			Frame: FrameError,
			Hex: "4000 0000 04000000 6f6f7073" + "4100 0000 0b000000 6572726f72537472696e67" +
				"4200 0000 0d000000 07000000 04000000 612e676f 66" + "4200 0000 08000000 ffffffff 00000000",
			Value: &abi.Error{
				Message: "oops", Type: "errorString",
				Stack: []abi.StackFrame{{Path: "a.go", Line: 7, Label: "f"}, {Line: 1<<32 - 1}},
			},
		}, {
			Name:  "error: nothing",
			Frame: FrameError,
			Value: &abi.Error{},
		}, {
			Name:   "error: unknown field",
			Frame:  FrameError,
			Hex:    "4000 0000 01000000 6d" + "4f00 0000 01000000 00",
			Value:  &abi.Error{Message: "m"},
			OneWay: true,
		}, {
			Name:  "boot-request: everything",
			Frame: FrameBootRequest,
			Hex: "5000 0000 09000000 77616665722f302e31" + "5100 0000 04000000 01000000" +
				"5200 0000 08000000 0300000000000080",
			Value: &abi.BootRequest{Peer: "wafer/0.1", Minor: 1, Features: 1<<63 | 3},
		}, {
			Name:   "boot-request: nothing",
			Frame:  FrameBootRequest,
			Value:  &abi.BootRequest{},
			OneWay: true,
		}, {
			Name:  "boot-info: everything",
			Frame: FrameBootInfo,
			Hex: "5000 0000 05000000 73646b2f31" + "5100 0000 04000000 01000000" +
				"5200 0000 08000000 0100000000000000" + "5300 0000 04000000 03000000" + "5400 0000 04000000 07000000",
			Value: &abi.BootInfo{
				Peer: "sdk/1", Minor: 1, Features: 1,
				Handles: abi.HandlesEvent | abi.HandlesHTTP,
				Hooks:   abi.HookInitialize | abi.HookPreFreeze | abi.HookPreStop,
			},
		}, {
			Name:   "boot-info: nothing",
			Frame:  FrameBootInfo,
			Value:  &abi.BootInfo{},
			OneWay: true,
		}, {
			Name:   "boot-info: bits of a later version, unknown field",
			Frame:  FrameBootInfo,
			Hex:    "5400 0000 04000000 00010080" + "5500 0000 04000000 00000000",
			Value:  &abi.BootInfo{Hooks: 0x80000100},
			OneWay: true,
		},
	}
}
