package guesttest

import (
	"encoding/json"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/wafer-run/wafer/abi"
)

func TestBoot(t *testing.T) {
	for _, tc := range []struct {
		mode string
		want answer
	}{
		{"event", answer{Boot: &abi.BootInfo{Minor: abi.Minor, Handles: abi.HandlesEvent, Hooks: abi.HookInitialize}}},
		{"handler", answer{Boot: &abi.BootInfo{Minor: abi.Minor, Handles: abi.HandlesEvent, Hooks: abi.HookInitialize}}},
		{"http", answer{Boot: &abi.BootInfo{Minor: abi.Minor, Handles: abi.HandlesHTTP, Hooks: abi.HookInitialize}}},
		{"none", answer{Status: abi.StatusError, Error: &abi.Error{
			Type: "BootError", Message: "main returned without calling fc.Start"}}},
		{"panic", answer{Status: abi.StatusError, Error: &abi.Error{
			Type: "BootError", Message: "main panicked before calling fc.Start: not today"}}},
		{"goexit", answer{Status: abi.StatusError, Error: &abi.Error{
			Type: "BootError", Message: "main ended its goroutine before calling fc.Start"}}},
	} {
		t.Run(tc.mode, func(t *testing.T) {
			h := newHost(t, tc.mode)
			got := h.boot()
			ignore := cmp.Options{cmpopts.IgnoreFields(abi.BootInfo{}, "Peer"), cmpopts.IgnoreFields(abi.Error{}, "Stack")}
			if diff := cmp.Diff(tc.want, got, ignore); diff != "" {
				t.Errorf("boot (-want +got):\n%s", diff)
			}
			if got.Boot != nil && !strings.HasPrefix(got.Boot.Peer, "wafer-fc-go/") {
				t.Errorf("peer is %q", got.Boot.Peer)
			}
			if tc.mode == "panic" && !hasLabel(got.Error.Stack, "main") {
				t.Errorf("no frame of main in %+v", got.Error.Stack)
			}
			if got.Status == abi.StatusOK && h.output.Len() > 0 {
				t.Errorf("booting printed %q", h.output.String())
			}
		})
	}
}

func hasLabel(stack []abi.StackFrame, label string) bool {
	for _, f := range stack {
		if f.Label == label {
			return true
		}
	}
	return false
}

func TestEvents(t *testing.T) {
	h := booted(t, "event")
	for _, tc := range []struct {
		name, event string
		want        answer
	}{
		{"result", `{"Op":"count"}`, answer{Payload: []byte("1")}},
		{"state survives", `{"Op":"count"}`, answer{Payload: []byte("2")}},
		{"error", `{"Op":"error"}`, failed("it failed", "errorString")},
		{"own error", `{"Op":"own error"}`, failed("mine", "Own")},
		{"panic", `{"Op":"panic"}`, failed("it blew up", "string")},
		{"works after a panic", `{"Op":"count"}`, answer{Payload: []byte("6")}},
		{"goexit", `{"Op":"goexit"}`, failed("the handler ended its goroutine with runtime.Goexit", "Goexit")},
		{"works after goexit", `{"Op":"count"}`, answer{Payload: []byte("8")}},
		{"goroutines and timers", `{"Op":"goroutines"}`, answer{Payload: []byte("55")}},
		{"no JSON", `a`, failed("invalid character 'a' looking for beginning of value", "SyntaxError")},
		{"no event", ``, failed("unexpected end of JSON input", "SyntaxError")},
		{"wrong type", `{"Op":1}`, failed("json: cannot unmarshal number into Go struct field event.Op of type string", "UnmarshalTypeError")},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got := h.event(tc.event)
			if diff := cmp.Diff(tc.want, got, cmpopts.IgnoreFields(abi.Error{}, "Stack")); diff != "" {
				t.Errorf("answer (-want +got):\n%s", diff)
			}
		})
	}
	if h.output.Len() > 0 {
		t.Errorf("the SDK printed %q", h.output.String())
	}
}

func failed(message, typ string) answer {
	return answer{Status: abi.StatusError, Error: &abi.Error{Message: message, Type: typ}}
}

func TestPanicStack(t *testing.T) {
	h := booted(t, "event")
	stack := h.event(`{"Op":"panic"}`).Error.Stack
	var labels []string
	for _, f := range stack {
		labels = append(labels, f.Label)
	}
	want := []string{"fcPanicResponse", "(*Function).Invoke.func1", "gopanic", "handleEvent"}
	if diff := cmp.Diff(want, labels[:len(want)]); diff != "" {
		t.Errorf("innermost labels (-want +got):\n%s", diff)
	}
	if last := labels[len(labels)-1]; last != "goexit" {
		t.Errorf("outermost label is %q", last)
	}
	if want := "fc/errors.go"; !strings.HasSuffix(stack[0].Path, want) {
		t.Errorf("path of the first frame is %q, want suffix %q", stack[0].Path, want)
	}
}

func TestContext(t *testing.T) {
	h := booted(t, "event")
	q := abi.Request{
		Context: abi.Context{
			RequestID: "r-7", Deadline: 4102444800123, Timeout: 2500, FunctionName: "fn", Memory: 512,
			SpanBaggages: []abi.Pair{{Key: "k", Value: "v"}},
		},
		Body: []byte(`{"Op":"context"}`),
	}
	got := h.must(abi.KindInvoke, q.AppendTo(nil))
	want := `{"deadline":"2100-01-01T00:00:00.123Z","fc":{"RequestID":"r-7",` +
		`"Credentials":{"AccessKeyId":"","AccessKeySecret":"","SecurityToken":""},` +
		`"Function":{"Name":"fn","Handler":"","Memory":"512","Timeout":3},` +
		`"Service":{"Name":"","LogProject":"","LogStore":"","Qualifier":"","VersionId":""},` +
		`"Region":"","AccountId":"","RetryCount":0,` +
		`"Tracing":{"OpenTracingSpanContext":"","OpenTracingSpanBaggages":{"k":"v"},"JaegerEndpoint":""}},"ok":true}`
	if diff := cmp.Diff(want, string(got.Payload)); diff != "" {
		t.Errorf("context (-want +got):\n%s", diff)
	}
}

func TestDeadlinePasses(t *testing.T) {
	h := booted(t, "event")
	q := abi.Request{
		Context: abi.Context{Deadline: time.Now().Add(30 * time.Millisecond).UnixMilli()},
		Body:    []byte(`{"Op":"deadline"}`),
	}
	got := h.must(abi.KindInvoke, q.AppendTo(nil))
	if want := `"context deadline exceeded"`; string(got.Payload) != want {
		t.Errorf("got %s %+v, want %s", got.Payload, got.Error, want)
	}
}

func TestLogger(t *testing.T) {
	h := booted(t, "event")
	h.event(`{"Op":"log"}`)
	want := regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,3})?Z r-1 \[INFO\] main\.go:\d+: hello 1\n$`)
	if got := h.output.String(); !want.MatchString(got) {
		t.Errorf("logged %q, want match of %s", got, want)
	}
}

func TestInitializer(t *testing.T) {
	h := booted(t, "event")
	if got := string(h.event(`{"Op":"initialized"}`).Payload); got != "false" {
		t.Errorf("before: %s", got)
	}
	if a := h.must(abi.KindInitialize, nil); a.Status != abi.StatusOK || a.Error != nil || a.Payload != nil {
		t.Errorf("initialize: %+v", a)
	}
	if got := string(h.event(`{"Op":"initialized"}`).Payload); got != "true" {
		t.Errorf("after: %s", got)
	}
	a := h.must(abi.KindPreStop, nil)
	if diff := cmp.Diff(failed("no prestop handler registered", "errorString"), a,
		cmpopts.IgnoreFields(abi.Error{}, "Stack")); diff != "" {
		t.Errorf("pre-stop (-want +got):\n%s", diff)
	}
}

func TestRawHandlerKeepsItsPayload(t *testing.T) {
	h := booted(t, "handler")
	for _, size := range []int{0, 1, 4096, 4097, 1 << 20} {
		event := strings.Repeat("x", size)
		if got := string(h.event(event).Payload); got != event {
			t.Errorf("%d bytes: got %d bytes back", size, len(got))
		}
	}
}

func TestRefusedCalls(t *testing.T) {
	h := newHost(t, "event")
	if a := h.must(abi.KindInvoke, nil); a.Status != abi.StatusError || a.Error.Type != "BootError" {
		t.Errorf("invoke before boot: %+v", a)
	}
	h.boot()
	for _, tc := range []struct {
		name  string
		kind  abi.Kind
		frame []byte
		want  abi.Status
	}{
		{"HTTP for an event function", abi.KindHTTP, nil, abi.StatusUnsupported},
		{"unknown kind", 99, nil, abi.StatusUnsupported},
		{"broken frame", abi.KindInvoke, []byte{1}, abi.StatusMalformed},
		{"settle", abi.KindSettle, nil, abi.StatusOK},
		{"second boot", abi.KindBoot, nil, abi.StatusError},
		{"after all that", abi.KindInvoke, abi.AppendBytes(nil, abi.TagBody, []byte(`{"Op":"count"}`)), abi.StatusOK},
	} {
		if a := h.must(tc.kind, tc.frame); a.Status != tc.want {
			t.Errorf("%s: %s, want %s", tc.name, a.Status, tc.want)
		}
	}
}

// TestExit covers two ways in which a handler ends its instance.
func TestExit(t *testing.T) {
	for _, tc := range []struct{ event, wantErr, wantOutput string }{
		{`{"Op":"exit"}`, "exit_code(3)", ""},
		{`{"Op":"block"}`, "unreachable", "all goroutines are asleep - deadlock!"},
	} {
		t.Run(tc.event, func(t *testing.T) {
			h := booted(t, "event")
			_, err := h.try(abi.KindInvoke, abi.AppendBytes(nil, abi.TagBody, []byte(tc.event)))
			if err == nil || !strings.Contains(err.Error(), tc.wantErr) {
				t.Errorf("got %v, want %s", err, tc.wantErr)
			}
			if !strings.Contains(h.output.String(), tc.wantOutput) {
				t.Errorf("printed %q, want %q", h.output.String(), tc.wantOutput)
			}
		})
	}
}

// TestGarbageIsCollected would need 4 GB without collection.
func TestGarbageIsCollected(t *testing.T) {
	h := booted(t, "event")
	const size, limit = 1 << 20, 64 << 20
	doc, err := json.Marshal(map[string]interface{}{"Op": "allocate", "Size": size})
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < 2000; i++ {
		if got := string(h.event(string(doc)).Payload); got != strconv.Itoa(size) {
			t.Fatalf("call %d: %s", i, got)
		}
	}
	if got := h.memory.Size(); got > limit {
		t.Errorf("memory is %d bytes after 2000 calls of 1 MB garbage each, want at most %d", got, limit)
	}
}
