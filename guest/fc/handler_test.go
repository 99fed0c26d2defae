package fc

import (
	"context"
	"encoding/json"
	"errors"
	"testing"
	"time"
)

type ownError struct{}

func (*ownError) Error() string { return "own" }

// widerContext is a context with more methods than a context needs.
type widerContext interface {
	context.Context
	More()
}

func TestNewHandlerValidates(t *testing.T) {
	for _, tc := range []struct {
		name    string
		handler interface{}
		want    string // empty when the handler is valid
	}{
		{"nil", nil, "handler is nil"},
		{"string", "x", "handler kind string is not func"},
		{"struct", struct{}{}, "handler kind struct is not func"},
		{"pointer", new(int), "handler kind ptr is not func"},
		{"three arguments", func(context.Context, int, int) {},
			"handlers may not take more than two arguments, but handler takes 3"},
		{"two arguments without context", func(int, string) {},
			"handler takes two arguments, but the first is not Context. got int"},
		{"context second", func(string, context.Context) {},
			"handler takes two arguments, but the first is not Context. got string"},
		{"any first", func(interface{}, string) {},
			"handler takes two arguments, but the first is not Context. got interface"},
		{"three results", func() (int, int, error) { return 0, 0, nil }, "handler may not return more than two values"},
		{"two results without error", func() (int, int) { return 0, 0 },
			"handler returns two values, but the second does not implement error"},
		{"error first", func() (error, int) { return nil, 0 },
			"handler returns two values, but the second does not implement error"},
		{"one result that is no error", func() int { return 0 },
			"handler returns a single value, but it does not implement error"},
		{"arguments are checked first", func(int, int, int) int { return 0 },
			"handlers may not take more than two arguments, but handler takes 3"},

		{"nothing", func() {}, ""},
		{"error", func() error { return nil }, ""},
		{"in", func(int) {}, ""},
		{"in, error", func(int) error { return nil }, ""},
		{"out, error", func() (int, error) { return 0, nil }, ""},
		{"in, out, error", func(int) (int, error) { return 0, nil }, ""},
		{"context", func(context.Context) {}, ""},
		{"context, error", func(context.Context) error { return nil }, ""},
		{"context, in", func(context.Context, int) {}, ""},
		{"context, in, error", func(context.Context, int) error { return nil }, ""},
		{"context, out, error", func(context.Context) (int, error) { return 0, nil }, ""},
		{"context, in, out, error", func(context.Context, int) (int, error) { return 0, nil }, ""},
		{"own error type", func() *ownError { return nil }, "own"}, // a typed nil is an error
	} {
		t.Run(tc.name, func(t *testing.T) {
			_, err := NewHandler(tc.handler).Invoke(context.Background(), []byte("1"))
			if got := text(err); got != tc.want {
				t.Errorf("got %q, want %q", got, tc.want)
			}
		})
	}
}

func text(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

func TestValidationErrorType(t *testing.T) {
	for _, handler := range []interface{}{nil, 1, func(int, int, int) {}} {
		_, err := NewHandler(handler).Invoke(context.Background(), nil)
		if got := fcErrorResponse(err).Type; got != "errorString" {
			t.Errorf("%v: type is %q", err, got)
		}
	}
}

func TestEventCodec(t *testing.T) {
	type named []byte
	type point struct{ X, Y int }
	for _, tc := range []struct {
		name    string
		handler interface{}
		event   string
		want    string
		wantErr string
	}{
		{"bytes are raw", func(b []byte) (int, error) { return len(b), nil }, `{`, `1`, ""},
		{"bytes may be empty", func(b []byte) (int, error) { return len(b), nil }, ``, `0`, ""},
		{"named bytes are JSON", func(b named) (string, error) { return string(b), nil }, `"aGk="`, `"hi"`, ""},
		{"raw message is JSON", func(b json.RawMessage) (int, error) { return len(b), nil }, `{`, "", "unexpected end of JSON input"},
		{"string must be quoted", func(s string) error { return nil }, `abc`, "", "invalid character 'a' looking for beginning of value"},
		{"empty payload", func(s string) error { return nil }, ``, "", "unexpected end of JSON input"},
		{"struct", func(p point) (point, error) { return point{p.Y, p.X}, nil }, `{"X":1,"y":2}`, `{"X":2,"Y":1}`, ""},
		{"pointer", func(p *point) (*point, error) { return p, nil }, `null`, `null`, ""},
		{"any", func(v interface{}) (interface{}, error) { return v, nil }, `{"a":[1]}`, `{"a":[1]}`, ""},
		{"payload ignored", func() (int, error) { return 1, nil }, `{`, `1`, ""},
		{"payload ignored with context", func(context.Context) (int, error) { return 1, nil }, `{`, `1`, ""},
		{"HTML is escaped", func() (string, error) { return "<hello>&", nil }, ``, `"\u003chello\u003e\u0026"`, ""},
		{"bytes out are base64", func() ([]byte, error) { return []byte("hi"), nil }, ``, `"aGk="`, ""},
		{"nil out", func() (interface{}, error) { return nil, nil }, ``, `null`, ""},
		{"no out", func() error { return nil }, ``, `null`, ""},
		{"no result", func() {}, ``, `null`, ""},
		{"error drops the value", func() (int, error) { return 1, errors.New("no") }, ``, "", "no"},
		{"typed nil second result", func() (int, *ownError) { return 1, nil }, ``, "", "own"},
		{"not marshalable", func() (chan int, error) { return nil, nil }, ``, "", "json: unsupported type: chan int"},
		{"wrong type", func(int) error { return nil }, `"a"`, "", "json: cannot unmarshal string into Go value of type int"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got, err := NewHandler(tc.handler).Invoke(context.Background(), []byte(tc.event))
			if text(err) != tc.wantErr || string(got) != tc.want {
				t.Errorf("got %q, %q; want %q, %q", got, text(err), tc.want, tc.wantErr)
			}
		})
	}
}

type structHandler struct{}

func (structHandler) Invoke(_ context.Context, payload []byte) ([]byte, error) {
	return append([]byte("struct "), payload...), nil
}

type funcHandler func(context.Context, []byte) ([]byte, error)

func (f funcHandler) Invoke(ctx context.Context, payload []byte) ([]byte, error) {
	return append([]byte("method "), payload...), nil
}

func TestNewHandlerKeepsHandlers(t *testing.T) {
	plain := funcHandler(func(_ context.Context, p []byte) ([]byte, error) { return p, nil })
	for _, tc := range []struct {
		name    string
		handler interface{}
		want    string
	}{
		{"struct", structHandler{}, "struct x"},
		{"pointer", &structHandler{}, "struct x"},
		{"function type", plain, `"eA=="`}, // a function first of all
	} {
		t.Run(tc.name, func(t *testing.T) {
			got, err := NewHandler(tc.handler).Invoke(context.Background(), []byte("x"))
			if err != nil || string(got) != tc.want {
				t.Errorf("got %q, %v; want %q", got, err, tc.want)
			}
		})
	}
}

func TestHandlerContext(t *testing.T) {
	ctx, cancel := context.WithDeadline(context.Background(), time.Unix(4102444800, 0).UTC())
	defer cancel()
	h := NewHandler(func(ctx context.Context) (time.Time, error) {
		d, _ := ctx.Deadline()
		return d, nil
	})
	got, err := h.Invoke(ctx, nil)
	if want := `"2100-01-01T00:00:00Z"`; err != nil || string(got) != want {
		t.Errorf("got %s, %v; want %s", got, err, want)
	}
	wide := NewHandler(func(widerContext) {})
	defer func() {
		if recover() == nil {
			t.Error("a context of another type was accepted")
		}
	}()
	_, _ = wide.Invoke(ctx, nil)
}
