package abitest

import "github.com/wafer-run/wafer/abi"

// requests are valid request and boot request frames.
func requests() []Vector {
	return append([]Vector{
		{
			Name:  "request: id and body (ABI.md)",
			Frame: FrameRequest,
			Hex:   "0100 0000 03000000 722d31" + "7f00 0000 02000000 7b7d",
			Value: &abi.Request{Context: abi.Context{RequestID: "r-1"}, Body: []byte("{}")},
		}, {
			Name:  "request: one header (ABI.md)",
			Frame: FrameRequest,
			Hex:   "2600 0000 07000000 01000000 41 6263",
			Value: &abi.Request{HTTP: abi.HTTPRequest{Headers: []abi.Pair{{Key: "A", Value: "bc"}}}},
		}, {
			Name:  "request: nothing",
			Frame: FrameRequest,
			Value: &abi.Request{},
		}, {
			Name:  "request: whole context",
			Frame: FrameRequest,
			Hex: "0100 0000 23000000 312d36373430613162322d303132333435363738396162636465663031323334353637" +
				"0400 0000 05000000 68656c6c6f" +
				"0500 0000 04000000 6d61696e" +
				"0700 0000 03000000 737663" +
				"0800 0000 04000000 70726f6a" +
				"0900 0000 05000000 73746f7265" +
				"0a00 0000 04000000 70726f64" +
				"0b00 0000 01000000 33" +
				"0c00 0000 0b000000 636e2d68616e677a686f75" +
				"0d00 0000 0a000000 31323334353637383930" +
				"0f00 0000 06000000 5354532e6964" +
				"1000 0000 06000000 736563726574" +
				"1100 0000 05000000 746f6b656e" +
				"1200 0000 07000000 313a323a333a31" +
				"1400 0000 0a000000 687474703a2f2f6a3a31" +
				"0200 0000 08000000 7b6c50c4a0010000" +
				"0300 0000 04000000 60ea0000" +
				"0600 0000 04000000 00020000" +
				"0e00 0000 04000000 02000000" +
				"1300 0000 06000000 01000000 6b 76" +
				"1300 0000 0a000000 04000000 75736572 c3bc",
			Value: &abi.Request{Context: abi.Context{
				RequestID:       "1-6740a1b2-0123456789abcdef01234567",
				Deadline:        1790000000123,
				Timeout:         60000,
				FunctionName:    "hello",
				FunctionHandler: "main",
				Memory:          512,
				ServiceName:     "svc",
				LogProject:      "proj",
				LogStore:        "store",
				Qualifier:       "prod",
				VersionID:       "3",
				Region:          "cn-hangzhou",
				AccountID:       "1234567890",
				RetryCount:      2,
				AccessKeyID:     "STS.id",
				AccessKeySecret: "secret",
				SecurityToken:   "token",
				SpanContext:     "1:2:3:1",
				SpanBaggages:    []abi.Pair{{Key: "k", Value: "v"}, {Key: "user", Value: "ü"}},
				JaegerEndpoint:  "http://j:1",
			}},
		}, {
			Name:  "request: whole HTTP request",
			Frame: FrameRequest,
			Hex: "0100 0000 01000000 72" +
				"2000 0000 04000000 504f5354" +
				"2100 0000 0e000000 2f61253230623f783d3126783d32" +
				"2200 0000 04000000 2f612062" +
				"2300 0000 09000000 3139322e302e322e31" +
				"2400 0000 0b000000 6578616d706c652e636f6d" +
				"2500 0000 08000000 485454502f312e31" +
				"2600 0000 13000000 06000000 416363657074 746578742f68746d6c" +
				"2600 0000 0d000000 06000000 436f6f6b6965 613d31" +
				"2600 0000 0d000000 06000000 436f6f6b6965 623d32" +
				"2600 0000 0b000000 07000000 582d456d707479" +
				"7f00 0000 02000000 6869",
			Value: &abi.Request{
				Context: abi.Context{RequestID: "r"},
				HTTP: abi.HTTPRequest{
					Method:     "POST",
					RequestURI: "/a%20b?x=1&x=2",
					Path:       "/a b",
					ClientIP:   "192.0.2.1",
					Host:       "example.com",
					Protocol:   "HTTP/1.1",
					Headers: []abi.Pair{
						{Key: "Accept", Value: "text/html"},
						{Key: "Cookie", Value: "a=1"},
						{Key: "Cookie", Value: "b=2"},
						{Key: "X-Empty"},
					},
				},
				Body: []byte("hi"),
			},
		}, {
			Name:  "request: entropy",
			Frame: FrameRequest,
			Hex: "1500 0000 20000000 000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f" +
				"7f00 0000 01000000 00",
			Value: &abi.Request{
				Entropy: []byte{
					0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15,
					16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31,
				},
				Body: []byte{0},
			},
		}, {
			Name:  "request: body that looks like fields",
			Frame: FrameRequest,
			Hex:   "7f00 0000 0b000000 0100 0000 03000000 722d31",
			Value: &abi.Request{Body: []byte("\x01\x00\x00\x00\x03\x00\x00\x00r-1")},
		}, {
			Name:  "request: largest integers",
			Frame: FrameRequest,
			Hex: "0200 0000 08000000 ffffffffffffff7f" + "0300 0000 04000000 ffffffff" +
				"0600 0000 04000000 ffffffff" + "0e00 0000 04000000 ffffffff",
			Value: &abi.Request{Context: abi.Context{
				Deadline: 1<<63 - 1, Timeout: 1<<32 - 1, Memory: 1<<32 - 1, RetryCount: 1<<32 - 1,
			}},
		}, {
			Name:  "request: text that is not UTF-8 stays as it is",
			Frame: FrameRequest,
			Hex:   "2200 0000 03000000 2fff00",
			Value: &abi.Request{HTTP: abi.HTTPRequest{Path: "/\xff\x00"}},
		}, {
			Name:  "request: header without key and value",
			Frame: FrameRequest,
			Hex:   "2600 0000 04000000 00000000",
			Value: &abi.Request{HTTP: abi.HTTPRequest{Headers: []abi.Pair{{}}}},
		},
	}, oneWayRequests()...)
}

// oneWayRequests are valid frames that the codec itself would not write.
func oneWayRequests() []Vector {
	return []Vector{
		{
			Name:   "request: fields in another order",
			Frame:  FrameRequest,
			Hex:    "0400 0000 01000000 66" + "0300 0000 04000000 01000000" + "0100 0000 01000000 72",
			Value:  &abi.Request{Context: abi.Context{RequestID: "r", FunctionName: "f", Timeout: 1}},
			OneWay: true,
		}, {
			Name:   "request: unknown fields are skipped",
			Frame:  FrameRequest,
			Hex:    "0000 0000 00000000" + "ffff 0000 02000000 0102" + "0100 0000 01000000 72" + "4000 0000 01000000 6d",
			Value:  &abi.Request{Context: abi.Context{RequestID: "r"}},
			OneWay: true,
		}, {
			Name:   "request: other flags are ignored",
			Frame:  FrameRequest,
			Hex:    "ffff feff 00000000" + "0100 feff 01000000 72",
			Value:  &abi.Request{Context: abi.Context{RequestID: "r"}},
			OneWay: true,
		}, {
			Name:   "request: known field marked critical",
			Frame:  FrameRequest,
			Hex:    "0100 0100 01000000 72" + "7f00 0100 01000000 62",
			Value:  &abi.Request{Context: abi.Context{RequestID: "r"}, Body: []byte("b")},
			OneWay: true,
		}, {
			Name:   "request: the last of a repeated field counts",
			Frame:  FrameRequest,
			Hex:    "0100 0000 01000000 61" + "0100 0000 01000000 62" + "0300 0000 04000000 01000000" + "0300 0000 04000000 02000000",
			Value:  &abi.Request{Context: abi.Context{RequestID: "b", Timeout: 2}},
			OneWay: true,
		}, {
			Name:   "request: empty fields mean what missing ones mean",
			Frame:  FrameRequest,
			Hex:    "0100 0000 00000000" + "0300 0000 04000000 00000000" + "1500 0000 00000000" + "7f00 0000 00000000",
			Value:  &abi.Request{Entropy: []byte{}, Body: []byte{}},
			OneWay: true,
		}, {
			Name:   "request: deadline past the signed range",
			Frame:  FrameRequest,
			Hex:    "0200 0000 08000000 ffffffffffffffff" + "0200 0000 08000000 ffffffffffffffff",
			Value:  &abi.Request{Context: abi.Context{Deadline: -1}},
			OneWay: true,
		},
	}
}
