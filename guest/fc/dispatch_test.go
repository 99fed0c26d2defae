package fc

import (
	"context"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/wafer-run/wafer/abi"
	"github.com/wafer-run/wafer/guest/fc/messages"
	"github.com/wafer-run/wafer/guest/fccontext"
	"github.com/wafer-run/wafer/guest/internal/link"
)

// fakeHost is the other side of the ABI.
type fakeHost struct {
	request []byte
	parts   map[abi.Part]string
}

func (h *fakeHost) RequestRead(dst []byte, off int) int { return copy(dst, h.request[off:]) }

func (h *fakeHost) ResponseWrite(part abi.Part, p []byte) abi.Errno {
	h.parts[part] += string(p)
	return abi.ErrnoOK
}

func (h *fakeHost) Reseed([4]uint64) {}

// session is a guest with its host.
type session struct {
	t     *testing.T
	host  *fakeHost
	guest *link.Guest
}

func start(t *testing.T, fn *Function) (*session, abi.BootInfo) {
	t.Helper()
	s := &session{t: t, host: &fakeHost{}}
	s.guest = link.NewGuest(s.host, func() { s.guest.Start(dispatcher{fn}) })
	if status, _ := s.call(abi.KindBoot, nil); status != abi.StatusOK {
		t.Fatalf("boot: %s", status)
	}
	var info abi.BootInfo
	if err := info.Decode([]byte(s.host.parts[abi.PartBoot])); err != nil {
		t.Fatal(err)
	}
	return s, info
}

func (s *session) call(kind abi.Kind, frame []byte) (abi.Status, *abi.Error) {
	s.t.Helper()
	s.host.request, s.host.parts = frame, map[abi.Part]string{}
	status := s.guest.Call(kind, uint32(len(frame)))
	e := &abi.Error{}
	if err := e.Decode([]byte(s.host.parts[abi.PartError])); err != nil {
		s.t.Fatal(err)
	}
	return status, e
}

func TestBootInfo(t *testing.T) {
	hook := func(context.Context) {}
	for _, tc := range []struct {
		name     string
		funcType functionType
		hooks    []handlerWrapper
		want     abi.BootInfo
	}{
		{"event", 101, nil, abi.BootInfo{Handles: abi.HandlesEvent}},
		{"invalid handler", 101, nil, abi.BootInfo{Handles: abi.HandlesEvent}},
		{"initializer", 101, []handlerWrapper{{hook, typeInitializer}},
			abi.BootInfo{Handles: abi.HandlesEvent, Hooks: abi.HookInitialize}},
		{"invalid hook", 101, []handlerWrapper{{nil, typePreStop}},
			abi.BootInfo{Handles: abi.HandlesEvent, Hooks: abi.HookPreStop}},
		{"all hooks", 101, []handlerWrapper{{hook, typeInitializer}, {hook, typePreFreeze}, {hook, typePreStop}},
			abi.BootInfo{Handles: abi.HandlesEvent, Hooks: abi.HookInitialize | abi.HookPreFreeze | abi.HookPreStop}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			fn := NewFunction(nil, tc.funcType)
			fn.RegistryLifeCycleHandler(tc.hooks)
			_, got := start(t, fn)
			if diff := cmp.Diff(tc.want, got, cmpopts.IgnoreFields(abi.BootInfo{}, "Peer", "Minor")); diff != "" {
				t.Errorf("boot info (-want +got):\n%s", diff)
			}
		})
	}
}

func TestFullContext(t *testing.T) {
	var got *fccontext.FcContext
	s, _ := start(t, NewFunction(func(ctx context.Context) { got, _ = fccontext.FromContext(ctx) }, 101))
	q := abi.Request{Context: abi.Context{
		RequestID: "r", Deadline: 1, Timeout: 60000, FunctionName: "fn", FunctionHandler: "h", Memory: 128,
		ServiceName: "svc", LogProject: "lp", LogStore: "ls", Qualifier: "q", VersionID: "3",
		Region: "reg", AccountID: "acc", RetryCount: 2,
		AccessKeyID: "ak", AccessKeySecret: "sk", SecurityToken: "st",
		SpanContext: "sc", JaegerEndpoint: "je", SpanBaggages: []abi.Pair{{Key: "k", Value: "v"}, {Key: "k", Value: "w"}},
	}}
	want := &fccontext.FcContext{
		RequestID: "r", Region: "reg", AccountId: "acc", RetryCount: 2,
		Credentials: fccontext.Credentials{AccessKeyId: "ak", AccessKeySecret: "sk", SecurityToken: "st"},
		Function:    fccontext.Function{Name: "fn", Handler: "h", Memory: "128", Timeout: 60},
		Service:     fccontext.Service{Name: "svc", LogProject: "lp", LogStore: "ls", Qualifier: "q", VersionId: "3"},
		Tracing: fccontext.Tracing{OpenTracingSpanContext: "sc", JaegerEndpoint: "je",
			OpenTracingSpanBaggages: map[string]string{"k": "w"}},
	}
	s.call(abi.KindInvoke, q.AppendTo(nil))
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("context (-want +got):\n%s", diff)
	}
	first := got
	s.call(abi.KindInvoke, nil)
	empty := &fccontext.FcContext{Tracing: fccontext.Tracing{OpenTracingSpanBaggages: map[string]string{}}}
	if diff := cmp.Diff(empty, got); diff != "" {
		t.Errorf("context of an empty request (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(want, first); diff != "" {
		t.Errorf("first context after the second call (-want +got):\n%s", diff)
	}
}

func TestAnswers(t *testing.T) {
	frames := []*messages.InvokeResponse_Error_StackFrame{nil, {Path: "p", Line: 1, Label: "l"}}
	for _, tc := range []struct {
		name    string
		handler interface{}
		status  abi.Status
		payload string
		err     *abi.Error
	}{
		{"payload", func(s string) (string, error) { return s, nil }, abi.StatusOK, `"x"`, &abi.Error{}},
		{"null", func() {}, abi.StatusOK, "null", &abi.Error{}},
		{"no payload", structEmpty{}, abi.StatusOK, "", &abi.Error{}},
		{"error", func() error { return errors.New("no") }, abi.StatusError, "", &abi.Error{Message: "no", Type: "errorString"}},
		{"own error", func() error { return messages.InvokeResponse_Error{Message: "m", Type: "T", StackTrace: frames} },
			abi.StatusError, "", &abi.Error{Message: "m", Type: "T", Stack: []abi.StackFrame{{Path: "p", Line: 1, Label: "l"}}}},
		{"invalid handler", 1, abi.StatusError, "", &abi.Error{Message: "handler kind int is not func", Type: "errorString"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s, _ := start(t, NewFunction(tc.handler, 101))
			status, e := s.call(abi.KindInvoke, abi.AppendBytes(nil, abi.TagBody, []byte(`"x"`)))
			if status != tc.status || s.host.parts[abi.PartPayload] != tc.payload {
				t.Errorf("got %s, %q; want %s, %q", status, s.host.parts[abi.PartPayload], tc.status, tc.payload)
			}
			if diff := cmp.Diff(tc.err, e); diff != "" {
				t.Errorf("error (-want +got):\n%s", diff)
			}
		})
	}
}

// structEmpty is a Handler without a result.
type structEmpty struct{}

func (structEmpty) Invoke(context.Context, []byte) ([]byte, error) { return nil, nil }

func TestHooksThroughTheABI(t *testing.T) {
	var ran []string
	fn := NewFunction(func() {}, 101)
	fn.RegistryLifeCycleHandler([]handlerWrapper{
		{func(context.Context) { ran = append(ran, "initializer") }, typeInitializer},
		{func(context.Context) { panic("in the hook") }, typePreFreeze},
	})
	s, _ := start(t, fn)
	for _, tc := range []struct {
		kind   abi.Kind
		status abi.Status
		want   string
	}{
		{abi.KindInitialize, abi.StatusOK, ""},
		{abi.KindPreFreeze, abi.StatusError, "in the hook"},
		{abi.KindPreStop, abi.StatusError, "no prestop handler registered"},
		{abi.KindHTTP, abi.StatusUnsupported, ""},
		{abi.KindSettle + 1, abi.StatusUnsupported, ""},
	} {
		status, e := s.call(tc.kind, nil)
		if status != tc.status || e.Message != tc.want || (len(e.Stack) > 0) != (tc.want != "") {
			t.Errorf("%s: got %s, %+v; want %s, %q", tc.kind, status, e, tc.status, tc.want)
		}
		if len(s.host.parts[abi.PartPayload]) > 0 {
			t.Errorf("%s: wrote a payload", tc.kind)
		}
	}
	if diff := cmp.Diff([]string{"initializer"}, ran); diff != "" {
		t.Errorf("hooks that ran (-want +got):\n%s", diff)
	}
}
