package fc

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/wafer-run/wafer/guest/fc/messages"
)

func TestNewLifeCycleHandlerValidates(t *testing.T) {
	for _, tc := range []struct {
		name    string
		handler interface{}
		want    string // empty when the handler is valid
	}{
		{"nil", nil, "handler is nil"},
		{"map", map[int]int{}, "handler kind map is not func"},
		{"no arguments", func() {}, "life cycle handler should takes one arguments, but handler takes 0"},
		{"two arguments", func(context.Context, int) {}, "life cycle handler should takes one arguments, but handler takes 2"},
		{"no context", func(int) {}, "handler takes a single arguments, but it is not Context. got int"},
		{"result", func(context.Context) error { return nil }, "handler should not have a return value"},
		{"valid", func(context.Context) {}, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got := ""
			func() {
				defer func() {
					if err, ok := recover().(error); ok {
						got = err.Error()
					}
				}()
				NewLifeCycleHandler(tc.handler).Invoke(context.Background())
			}()
			if got != tc.want {
				t.Errorf("panicked with %q, want %q", got, tc.want)
			}
		})
	}
}

func TestLifeCycle(t *testing.T) {
	var ran []string
	hook := func(name string) func(context.Context) {
		return func(context.Context) { ran = append(ran, name) }
	}
	fn := NewFunction(func() {}, 101)
	fn.RegistryLifeCycleHandler([]handlerWrapper{
		{hook("first initializer"), typeInitializer},
		{hook("pre-stop"), typePreStop},
		{hook("last initializer"), typeInitializer},
		{func() {}, typePreFreeze},
	})
	for _, tc := range []struct {
		funcType functionType
		want     string
	}{{1, ""}, {2, ""}, {3, "life cycle handler should takes one arguments, but handler takes 0"}} {
		resp := messages.InvokeResponse{}
		if err := fn.Invoke(&messages.InvokeRequest{}, &resp, tc.funcType); err != nil {
			t.Fatal(err)
		}
		got := ""
		if resp.Error != nil {
			got = resp.Error.Message
		}
		if got != tc.want || len(resp.Payload) > 0 {
			t.Errorf("type %d: error %q, payload %q; want error %q", tc.funcType, got, resp.Payload, tc.want)
		}
	}
	if diff := cmp.Diff([]string{"last initializer", "pre-stop"}, ran); diff != "" {
		t.Errorf("hooks that ran (-want +got):\n%s", diff)
	}
}

func TestHooksThatAreNotRegistered(t *testing.T) {
	fn := NewFunction(func() {}, 101)
	for funcType, want := range map[functionType]string{
		1: "no initializer handler registered",
		2: "no prestop handler registered",
		3: "no prefreeze handler registered",
	} {
		resp := messages.InvokeResponse{}
		_ = fn.Invoke(&messages.InvokeRequest{}, &resp, funcType)
		e := resp.Error
		if e == nil || e.Message != want || e.Type != "errorString" || len(e.StackTrace) == 0 {
			t.Errorf("type %d: got %+v, want %q with a stack trace", funcType, e, want)
		}
	}
}

func TestRegister(t *testing.T) {
	var list hookList
	list.add(1, typeInitializer)
	list.add(2, typePreStop)
	want := []handlerWrapper{{1, typeInitializer}, {2, typePreStop}}
	if diff := cmp.Diff(want, list.all(), cmp.AllowUnexported(handlerWrapper{})); diff != "" {
		t.Errorf("hooks (-want +got):\n%s", diff)
	}
}
