package abi_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/wafer-run/wafer/abi"
)

// TestRequestAlias: strings are the request's own, Body and Entropy are the
// caller's bytes.
func TestRequestAlias(t *testing.T) {
	sent := abi.Request{
		Context: abi.Context{RequestID: "r-1", SpanBaggages: []abi.Pair{{Key: "k", Value: "v"}}},
		HTTP:    abi.HTTPRequest{Headers: []abi.Pair{{Key: "K", Value: "V"}}},
		Entropy: []byte("entropy"),
		Body:    []byte("body"),
	}
	frame := sent.AppendTo(nil)
	var got abi.Request
	if err := got.Decode(frame); err != nil {
		t.Fatal(err)
	}
	for i := range frame {
		frame[i] = 'x'
	}
	want := sent
	want.Entropy, want.Body = []byte("xxxxxxx"), []byte("xxxx")
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("request after its frame was overwritten (-want +got):\n%s", diff)
	}
}

// TestDecodeReplaces: nothing of one request may show in the next.
func TestDecodeReplaces(t *testing.T) {
	full := abi.Request{
		Context: abi.Context{
			RequestID: "r", Deadline: 1, AccessKeySecret: "s", RetryCount: 1,
			SpanBaggages: []abi.Pair{{Key: "k"}},
		},
		HTTP:    abi.HTTPRequest{Path: "/", Headers: []abi.Pair{{Key: "Authorization", Value: "a"}}},
		Entropy: []byte("e"), Body: []byte("b"),
	}
	var got abi.Request
	if err := got.Decode(full.AppendTo(nil)); err != nil {
		t.Fatal(err)
	}
	if err := got.Decode(nil); err != nil {
		t.Fatal(err)
	}
	want := abi.Request{
		Context: abi.Context{SpanBaggages: []abi.Pair{}},
		HTTP:    abi.HTTPRequest{Headers: []abi.Pair{}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("request after an empty frame (-want +got):\n%s", diff)
	}

	boot := abi.BootInfo{Peer: "p", Minor: 1, Features: 1, Handles: 1, Hooks: 1}
	if err := boot.Decode(nil); err != nil || boot != (abi.BootInfo{}) {
		t.Errorf("boot info after an empty frame: %+v, %v", boot, err)
	}
	host := abi.BootRequest{Peer: "p", Minor: 1, Features: 1}
	if err := host.Decode(nil); err != nil || host != (abi.BootRequest{}) {
		t.Errorf("boot request after an empty frame: %+v, %v", host, err)
	}
	fail := abi.Error{Message: "m", Type: "t", Stack: []abi.StackFrame{{Line: 1}}}
	if err := fail.Decode(nil); err != nil || fail.Message != "" || fail.Type != "" || len(fail.Stack) != 0 {
		t.Errorf("error after an empty frame: %+v, %v", fail, err)
	}
	head := abi.HTTPHead{Status: 404, Headers: []abi.Pair{{Key: "K"}}}
	if err := head.Decode(nil); err != nil || head.Status != 0 || len(head.Headers) != 0 {
		t.Errorf("head after an empty frame: %+v, %v", head, err)
	}
}

// TestContextInRuns: a host may encode what never changes once and append the
// rest per invocation.
func TestContextInRuns(t *testing.T) {
	fixed := abi.Context{FunctionName: "f", Memory: 128}
	each := abi.Context{RequestID: "r", Deadline: 5}
	frame := each.AppendTo(fixed.AppendTo(nil))
	frame = abi.AppendBytes(frame, abi.TagBody, []byte("b"))
	var got abi.Request
	if err := got.Decode(frame); err != nil {
		t.Fatal(err)
	}
	want := abi.Request{
		Context: abi.Context{FunctionName: "f", Memory: 128, RequestID: "r", Deadline: 5},
		Body:    []byte("b"),
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("request (-want +got):\n%s", diff)
	}
}
