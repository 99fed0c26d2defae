package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log"
	"net/http"

	"github.com/aliyun/fc-runtime-go-sdk/fc"
)

type event struct {
	Key string `json:"key"`
}

type answer struct {
	Got string `json:"got"`
}

// structHandler is an fc.Handler.
type structHandler struct{ prefix string }

func (h structHandler) Invoke(_ context.Context, payload []byte) ([]byte, error) {
	return []byte(h.prefix + string(payload)), nil
}

// flags is a handler that tells how package log is set up.
type flags struct{}

func (flags) Invoke(context.Context, []byte) ([]byte, error) {
	return []byte(fmt.Sprint(log.Flags())), nil
}

// funcHandler is an fc.Handler, too.
type funcHandler func(ctx context.Context, payload []byte) ([]byte, error)

func (f funcHandler) Invoke(ctx context.Context, payload []byte) ([]byte, error) {
	out, err := f(ctx, payload)
	return append([]byte("invoke:"), out...), err
}

var echoFunc funcHandler = func(_ context.Context, payload []byte) ([]byte, error) { return payload, nil }

// shapes are all kinds of valid event handlers.
var shapes = map[string]entry{
	"nothing":            start(func() {}),
	"err":                start(func() error { return nil }),
	"in":                 start(func(event) {}),
	"in-err":             start(func(e event) error { return nil }),
	"out-err":            start(func() (answer, error) { return answer{"nothing"}, nil }),
	"in-out-err":         start(func(e event) (answer, error) { return answer{e.Key}, nil }),
	"ctx":                start(func(context.Context) {}),
	"ctx-err":            start(func(context.Context) error { return nil }),
	"ctx-in":             start(func(context.Context, event) {}),
	"ctx-in-err":         start(func(context.Context, event) error { return nil }),
	"ctx-out-err":        start(func(context.Context) (answer, error) { return answer{"context"}, nil }),
	"ctx-in-out-err":     start(func(_ context.Context, e event) (answer, error) { return answer{e.Key}, nil }),
	"pointers":           start(func(_ context.Context, e *event) (*answer, error) { return &answer{e.Key}, nil }),
	"func-type":          start(echoFunc),
	"handler-struct":     func() { fc.StartHandler(structHandler{"struct:"}) },
	"handler-pointer":    func() { fc.StartHandler(&structHandler{"pointer:"}) },
	"handler-func-type":  func() { fc.StartHandler(echoFunc) },
	"start-with-context": func() { fc.StartWithContext(withMark("parent"), markOf, 101) },
	"start-handler-with-context": func() {
		fc.StartHandlerWithContext(withMark("base"), markOf, 101)
	},
	"flags":         start(func() (int, error) { return log.Flags(), nil }),
	"handler-flags": func() { fc.StartHandler(flags{}) },
	"web-flags": startHTTP(func(_ context.Context, w http.ResponseWriter, _ *http.Request) {
		_, _ = fmt.Fprint(w, log.Flags())
	}),
	"new-handler": func() {
		h := fc.NewHandler(func(s string) (string, error) { return s + s, nil })
		fc.Start(func(ctx context.Context, raw json.RawMessage) (json.RawMessage, error) { return h.Invoke(ctx, raw) })
	},
}

type mark struct{}

func withMark(s string) context.Context { return context.WithValue(context.Background(), mark{}, s) }

func markOf(ctx context.Context) (interface{}, error) { return ctx.Value(mark{}), nil }

// invalid are values that are no event handlers.
var invalid = map[string]entry{
	"nil":               start(nil),
	"no-func":           start("handler"),
	"no-func-struct":    start(event{}),
	"no-func-pointer":   start(&event{}),
	"three-args":        start(func(context.Context, int, int) {}),
	"first-no-context":  start(func(int, int) {}),
	"context-second":    start(func(event, context.Context) {}),
	"three-results":     start(func() (int, int, error) { return 0, 0, nil }),
	"second-no-error":   start(func() (error, int) { return nil, 0 }),
	"single-no-error":   start(func() int { return 0 }),
	"args-before-rest":  start(func(int, int, int) (int, int, int) { return 0, 0, 0 }),
	"nil-handler":       func() { fc.StartHandler(nil) },
	"invalid-with-type": func() { fc.StartWithContext(context.Background(), 7, 101) },
}
