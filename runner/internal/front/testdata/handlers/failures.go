package main

import (
	"context"
	"errors"
	"fmt"
	"log"
	"os"
	"runtime"
	"time"

	"github.com/aliyun/fc-runtime-go-sdk/fc/messages"
)

type ownError struct{ code int }

func (e ownError) Error() string { return fmt.Sprintf("code %d", e.code) }

type pointerError struct{}

func (*pointerError) Error() string { return "pointer" }

var tooLate = messages.InvokeResponse_Error{
	Message: "as given <&>", Type: "Own.Type",
	StackTrace: []*messages.InvokeResponse_Error_StackFrame{{Path: "a.go", Line: 7, Label: "f"}},
}

// failures are handlers that fail, in every way there is.
var failures = map[string]entry{
	"errors-new":     start(func() error { return errors.New("wrong <thing>") }),
	"wrapped":        start(func() error { return fmt.Errorf("outer: %w", errors.New("inner")) }),
	"formatted":      start(func() error { return fmt.Errorf("no %s", "wrapping") }),
	"own-error":      start(func() error { return ownError{7} }),
	"own-pointer":    start(func() error { return &pointerError{} }),
	"anonymous":      start(func() error { return struct{ error }{errors.New("nameless")} }),
	"typed-nil":      start(func() *pointerError { return nil }),
	"value-and-err":  start(func() (string, error) { return "value", errors.New("wins") }),
	"as-given":       start(func() error { return tooLate }),
	"as-given-ptr":   start(func() error { return &messages.InvokeResponse_Error{Message: "m", Type: "T"} }),
	"panic-given":    start(func() { panic(tooLate) }),
	"panic-string":   start(func() { panic("text") }),
	"panic-error":    start(func() { panic(errors.New("panicked")) }),
	"panic-own":      start(func() { panic(ownError{8}) }),
	"panic-int":      start(func() { panic(42) }),
	"panic-nil":      start(func() { panic(nil) }), //nolint:govet // that is the point
	"panic-runtime":  start(func(s []int) { _ = s[3] }),
	"panic-deep":     start(func() { dive(40) }),
	"nil-map":        start(func() { var m map[string]int; m["a"] = 1 }),
	"nil-pointer-do": start(func(e *event) (string, error) { return e.Key, nil }),
	"exit":           start(func() { os.Exit(3) }),
	"exit-zero":      start(func() { os.Exit(0) }),
	"log-fatal":      start(func() { log.Fatal("cannot go on") }),
	"goroutine":      start(inGoroutine),
	"goexit":         start(func() { runtime.Goexit() }),
	"deadlock":       start(func() { <-make(chan int) }),
	"sleep":          start(func() { time.Sleep(time.Hour) }),
	"spin": start(func() {
		for {
		}
	}),
	"hungry": start(hungry),
	"shape-error": start(func(ctx context.Context, fail bool) (string, error) {
		if fail {
			return "", errors.New("asked to")
		}
		return "fine", nil
	}),
}

func inGoroutine() {
	go func() { panic("elsewhere") }()
	time.Sleep(time.Second)
}

func dive(n int) {
	if n == 0 {
		panic("deep")
	}
	dive(n - 1)
}

// hungry keeps all that it allocates, and touches it.
func hungry() (int, error) {
	var keep [][]byte
	for {
		b := make([]byte, 8<<20)
		for i := 0; i < len(b); i += 4096 {
			b[i] = 1
		}
		keep = append(keep, b)
		if len(keep) > 1<<20 {
			return len(keep), nil
		}
	}
}
