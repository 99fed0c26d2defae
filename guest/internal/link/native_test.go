//go:build !wasip1

package link

import (
	"os"
	"os/exec"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/wafer-run/wafer/abi"
	"github.com/wafer-run/wafer/guest/internal/process"
)

// TestMain makes the test binary a program that serves, when asked to.
func TestMain(m *testing.M) {
	if os.Getenv("TEST_SERVE") != "" {
		Serve(booting(nil))
	}
	os.Exit(m.Run())
}

// booting is a handler that can say what it is, and leaves the rest to f.
func booting(f func(*Call) abi.Status) Handler {
	return handlerFunc(func(c *Call) abi.Status {
		if c.Kind != abi.KindBoot {
			return f(c)
		}
		c.Write(abi.PartBoot, (&abi.BootInfo{Peer: "test", Handles: abi.HandlesEvent | abi.HandlesHTTP}).AppendTo(nil))
		return abi.StatusOK
	})
}

func TestServeRefusesToStart(t *testing.T) {
	for _, tc := range []struct{ env, want string }{
		{"FC_SERVER_PORT=http", "fc: FC_SERVER_PORT is \"http\", want a port, 0 to 65535\n"},
		{"FC_SERVER_PORT=65536", "fc: FC_SERVER_PORT is \"65536\", want a port, 0 to 65535\n"},
	} {
		t.Run(tc.env, func(t *testing.T) {
			cmd := exec.Command(os.Args[0])
			cmd.Env = []string{"TEST_SERVE=1", tc.env}
			output, err := cmd.CombinedOutput()
			if err == nil || cmd.ProcessState.ExitCode() != 1 {
				t.Errorf("ended with %v, want exit status 1", err)
			}
			if !strings.HasSuffix(string(output), tc.want) {
				t.Errorf("printed %q, want suffix %q", output, tc.want)
			}
		})
	}
}

func TestNativeBoot(t *testing.T) {
	fn, err := newNative(booting(nil))
	if err != nil {
		t.Fatal(err)
	}
	want := abi.BootInfo{Peer: "test", Handles: abi.HandlesEvent | abi.HandlesHTTP}
	if diff := cmp.Diff(want, fn.Info()); diff != "" {
		t.Errorf("info (-want +got):\n%s", diff)
	}
	for name, h := range map[string]handlerFunc{
		"refuses":  func(*Call) abi.Status { return abi.StatusUnsupported },
		"panics":   func(*Call) abi.Status { panic("no") },
		"nonsense": func(c *Call) abi.Status { c.Write(abi.PartBoot, []byte{1}); return abi.StatusOK },
	} {
		if _, err := newNative(h); err == nil || !strings.Contains(err.Error(), "the handler does not boot") {
			t.Errorf("%s: error %v", name, err)
		}
	}
}

func TestNativeAnswers(t *testing.T) {
	head := &abi.HTTPHead{Status: 201, Headers: []abi.Pair{{Key: "K", Value: "v"}}}
	failure := &abi.Error{Message: "m", Type: "T", Stack: []abi.StackFrame{{Path: "p", Line: 1, Label: "l"}}}
	for _, tc := range []struct {
		name    string
		kind    abi.Kind
		handler func(*Call) abi.Status
		want    *process.Answer
	}{
		{"payload in pieces", abi.KindInvoke, func(c *Call) abi.Status {
			c.Write(abi.PartPayload, c.TakeBody())
			c.Write(abi.PartPayload, []byte(c.Request.RequestID))
			return abi.StatusOK
		}, &process.Answer{Body: []byte("bodyr")}},
		{"nothing", abi.KindPreStop, func(*Call) abi.Status { return abi.StatusOK }, &process.Answer{}},
		{"HTTP", abi.KindHTTP, func(c *Call) abi.Status {
			c.Write(abi.PartHTTPHead, head.AppendTo(nil))
			c.Write(abi.PartHTTPBody, []byte("a"))
			c.Write(abi.PartHTTPBody, []byte("b"))
			return abi.StatusOK
		}, &process.Answer{Head: head, Body: []byte("ab")}},
		{"HTTP without a head", abi.KindHTTP, func(*Call) abi.Status { return abi.StatusOK },
			&process.Answer{Head: &abi.HTTPHead{}}},
		{"last error", abi.KindHTTP, func(c *Call) abi.Status {
			c.Write(abi.PartHTTPBody, []byte("discarded"))
			c.Fail(&abi.Error{Message: "first"})
			return c.Fail(failure)
		}, &process.Answer{Failure: failure}},
		{"unsupported", abi.KindSettle, func(*Call) abi.Status { return abi.StatusUnsupported },
			process.Failed("the handler does not take settle calls: unsupported", "errorString")},
		{"goexit", abi.KindInvoke, func(*Call) abi.Status { runtime.Goexit(); return abi.StatusOK },
			process.Failed("the handler ended its goroutine with runtime.Goexit", "Goexit")},
		{"panic", abi.KindInvoke, func(*Call) abi.Status { panic("out of the SDK") },
			process.Failed("out of the SDK", "Panic")},
	} {
		t.Run(tc.name, func(t *testing.T) {
			fn, err := newNative(booting(tc.handler))
			if err != nil {
				t.Fatal(err)
			}
			q := &abi.Request{Context: abi.Context{RequestID: "r"}, Body: []byte("body")}
			if diff := cmp.Diff(tc.want, fn.Invoke(tc.kind, q)); diff != "" {
				t.Errorf("answer (-want +got):\n%s", diff)
			}
		})
	}
}

// TestNativeOverlap has calls wait for each other. Under the race detector it also
// watches what is left of a call that writes after its end.
func TestNativeOverlap(t *testing.T) {
	const calls = 8
	var inside, late sync.WaitGroup
	inside.Add(calls)
	late.Add(calls)
	fn, err := newNative(booting(func(c *Call) abi.Status {
		inside.Done()
		inside.Wait()
		c.Write(abi.PartPayload, []byte(c.Request.RequestID))
		go func() {
			defer late.Done()
			for c.Write(abi.PartPayload, nil) == abi.ErrnoOK {
				runtime.Gosched()
			}
		}()
		return abi.StatusOK
	}))
	if err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	for i := 0; i < calls; i++ {
		id := string(rune('a' + i))
		all.Add(1)
		go func() {
			defer all.Done()
			q := &abi.Request{Context: abi.Context{RequestID: id}}
			if a := fn.Invoke(abi.KindInvoke, q); string(a.Body) != id {
				t.Errorf("%s was answered %q, %+v", id, a.Body, a.Failure)
			}
		}()
	}
	all.Wait()
	late.Wait()
}
