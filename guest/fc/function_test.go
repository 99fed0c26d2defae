package fc

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/wafer-run/wafer/guest/fc/messages"
	"github.com/wafer-run/wafer/guest/fccontext"
)

type valueError int

func (e valueError) Error() string { return fmt.Sprint(int(e)) }

// invoke runs a handler on an event.
func invoke(handler interface{}, event string) messages.InvokeResponse {
	resp := messages.InvokeResponse{}
	req := messages.InvokeRequest{Payload: []byte(event)}
	if err := NewFunction(handler, 101).Invoke(&req, &resp, 0); err != nil {
		panic(err)
	}
	return resp
}

func TestErrors(t *testing.T) {
	own := messages.InvokeResponse_Error{Message: "m", Type: "T", ShouldExit: true,
		StackTrace: []*messages.InvokeResponse_Error_StackFrame{{Path: "p", Line: 1, Label: "l"}}}
	anonymous := struct{ error }{errors.New("anonymous")}
	for _, tc := range []struct {
		name    string
		handler interface{}
		want    string // JSON, without the stack traces of panics
	}{
		{"errors.New", func() error { return errors.New("x") }, `{"errorMessage":"x","errorType":"errorString"}`},
		{"wrapped", func() error { return fmt.Errorf("y: %w", errors.New("x")) }, `{"errorMessage":"y: x","errorType":"wrapError"}`},
		{"own value", func() error { return valueError(3) }, `{"errorMessage":"3","errorType":"valueError"}`},
		{"own pointer", func() error { return &ownError{} }, `{"errorMessage":"own","errorType":"ownError"}`},
		{"anonymous type", func() error { return anonymous }, `{"errorMessage":"anonymous","errorType":""}`},
		{"HTML", func() error { return errors.New("<x>") }, `{"errorMessage":"\u003cx\u003e","errorType":"errorString"}`},
		{"response error", func() error { return own },
			`{"errorMessage":"m","errorType":"T","stackTrace":[{"path":"p","line":1,"label":"l"}]}`},
		{"response error, wrapped", func() error { return fmt.Errorf("%w", messages.InvokeResponse_Error{}) },
			`{"errorMessage":"messages.InvokeResponse_Error{Message:\"\", Type:\"\", StackTrace:` +
				`[]*messages.InvokeResponse_Error_StackFrame(nil), ShouldExit:false}","errorType":"wrapError"}`},
		{"response error, pointer", func() error { return &messages.InvokeResponse_Error{} },
			`{"errorMessage":"messages.InvokeResponse_Error{Message:\"\", Type:\"\", StackTrace:` +
				`[]*messages.InvokeResponse_Error_StackFrame(nil), ShouldExit:false}","errorType":"InvokeResponse_Error"}`},
		{"response error, panic", func() { panic(own) },
			`{"errorMessage":"m","errorType":"T","stackTrace":[{"path":"p","line":1,"label":"l"}]}`},
		{"unsupported type", func() (interface{}, error) { return make(chan int), nil },
			`{"errorMessage":"json: unsupported type: chan int","errorType":"UnsupportedTypeError"}`},
		{"panic string", func() { panic("p") }, `{"errorMessage":"p","errorType":"string"}`},
		{"panic error", func() { panic(errors.New("p")) }, `{"errorMessage":"p","errorType":"errorString"}`},
		{"panic pointer", func() { panic(&ownError{}) }, `{"errorMessage":"own","errorType":"ownError"}`},
		{"panic number", func() { panic(3.5) }, `{"errorMessage":"3.5","errorType":"float64"}`},
		{"panic slice", func() { panic([]int{1, 2}) }, `{"errorMessage":"[1 2]","errorType":""}`},
		{"panic nil", func() { panic(nil) },
			`{"errorMessage":"panic called with nil argument","errorType":"PanicNilError"}`},
		{"runtime error", func() { _ = []int{}[len(tooMany)] },
			`{"errorMessage":"runtime error: index out of range [2] with length 0","errorType":"boundsError"}`},
		{"nil map", func() { noMap["x"] = 1 },
			`{"errorMessage":"assignment to entry in nil map","errorType":"plainError"}`},
		{"error that panics", func() error { return (*valueError)(nil) },
			`{"errorMessage":"value method github.com/wafer-run/wafer/guest/fc.valueError.Error called using nil *valueError pointer","errorType":"plainError"}`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			resp := invoke(tc.handler, "")
			if resp.Error == nil {
				t.Fatal("no error")
			}
			if resp.Error.ShouldExit && len(resp.Error.StackTrace) != 1 { // a panic
				if len(resp.Error.StackTrace) == 0 {
					t.Error("no stack trace")
				}
				resp.Error.StackTrace = nil
			}
			got, err := json.Marshal(resp.Error)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tc.want, string(got)); diff != "" {
				t.Errorf("error (-want +got):\n%s", diff)
			}
			if resp.Payload != nil {
				t.Errorf("payload %q", resp.Payload)
			}
		})
	}
}

var (
	tooMany = []int{1, 2}
	noMap   map[string]int
)

// TestOldNilPanic is for programs of Go 1.20 and older, where recover returns
// nil after panic(nil).
func TestOldNilPanic(t *testing.T) {
	t.Setenv("GODEBUG", "panicnil=1")
	resp := invoke(func() { panic(nil) }, "")
	if resp.Error == nil || resp.Error.Type != "PanicNilError" {
		t.Errorf("got %+v", resp.Error)
	}
}

func blowUp() { panic("p") }

func TestPanicStackTrace(t *testing.T) {
	resp := invoke(func() error { blowUp(); return nil }, "")
	var labels []string
	for _, f := range resp.Error.StackTrace {
		labels = append(labels, f.Label)
	}
	want := []string{"fcPanicResponse", "(*Function).Invoke.func1", "gopanic", "blowUp", "TestPanicStackTrace.func1"}
	if diff := cmp.Diff(want, labels[:len(want)]); diff != "" {
		t.Errorf("innermost labels (-want +got):\n%s", diff)
	}
	if got := labels[len(labels)-1]; got != "goexit" {
		t.Errorf("outermost label is %q", got)
	}
	for i, want := range []string{"guest/fc/errors.go", "guest/fc/function.go"} {
		if got := resp.Error.StackTrace[i].Path; !strings.HasSuffix(got, want) {
			t.Errorf("frame %d is of %q, want suffix %q", i, got, want)
		}
	}
	if !resp.Error.ShouldExit {
		t.Error("ShouldExit is not set")
	}
}

func TestInvokePassesTheContextOn(t *testing.T) {
	type key struct{}
	fn := NewFunction(func(ctx context.Context) (map[string]interface{}, error) {
		fctx, ok := fccontext.FromContext(ctx)
		deadline, has := ctx.Deadline()
		return map[string]interface{}{
			"fc": ok && fctx.RequestID == "r-1", "deadline": deadline, "has": has, "parent": ctx.Value(key{}),
		}, nil
	}, 101)
	fn.parent = context.WithValue(context.Background(), key{}, "yes")
	for _, tc := range []struct {
		deadline messages.InvokeRequest_Timestamp
		want     string
	}{
		{messages.InvokeRequest_Timestamp{Seconds: 4102444800, Nanos: 5e6},
			`{"deadline":"2100-01-01T00:00:00.005Z","fc":true,"has":true,"parent":"yes"}`},
		{messages.InvokeRequest_Timestamp{}, `{"deadline":"0001-01-01T00:00:00Z","fc":true,"has":false,"parent":"yes"}`},
	} {
		req := messages.InvokeRequest{Deadline: tc.deadline, Context: fccontext.FcContext{RequestID: "r-1"}}
		resp := messages.InvokeResponse{}
		_ = fn.Invoke(&req, &resp, 0)
		if string(resp.Payload) != tc.want {
			t.Errorf("got %s %+v, want %s", resp.Payload, resp.Error, tc.want)
		}
	}
}

func TestPing(t *testing.T) {
	if err := NewFunction(nil, 101).Ping(&messages.PingRequest{}, &messages.PingResponse{}); err != nil {
		t.Error(err)
	}
}
