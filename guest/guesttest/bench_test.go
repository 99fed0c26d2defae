package guesttest

import (
	"testing"

	"github.com/wafer-run/wafer/abi"
)

// BenchmarkInvoke measures a warm call: "handler" is the way to user code and
// back, "event" adds package json, and "http" package net/http.
func BenchmarkInvoke(b *testing.B) {
	context := abi.Context{
		RequestID: "11f2c1a4-8a2b-4c3d-9e4f-0123456789ab", FunctionName: "hello", Deadline: 4102444800123,
		Timeout: 60000, Memory: 512, AccountID: "1234567890", Region: "cn-hangzhou",
	}
	event := abi.Request{Context: context, Body: []byte(`{"Op":"count"}`)}
	for _, bc := range []struct {
		mode  string
		kind  abi.Kind
		frame []byte
	}{
		{"handler", abi.KindInvoke, event.AppendTo(nil)},
		{"event", abi.KindInvoke, event.AppendTo(nil)},
		{"http", abi.KindHTTP, httpRequest("/nothing")},
	} {
		b.Run(bc.mode, func(b *testing.B) {
			h := booted(b, bc.mode)
			b.ReportAllocs()
			b.ResetTimer()
			for i := 0; i < b.N; i++ {
				h.must(bc.kind, bc.frame)
			}
		})
	}
}
