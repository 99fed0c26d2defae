//go:build !wafer_nohttp

package fc

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"
)

type ctxT = context.Context

func TestNewHttpHandlerValidates(t *testing.T) {
	for _, tc := range []struct {
		name    string
		handler interface{}
		want    string // empty when the handler is valid
	}{
		{"nil", nil, "handler is nil"},
		{"int", 1, "handler kind int is not func"},
		{"no arguments", func() {}, "http handler should takes three arguments, but handler takes 0"},
		{"two arguments", func(http.ResponseWriter, *http.Request) {}, "http handler should takes three arguments, but handler takes 2"},
		{"no context", func(int, http.ResponseWriter, *http.Request) {},
			"handler takes three arguments, but the first is not Context. got int"},
		{"no writer", func(ctxT, *http.Request, http.ResponseWriter) {},
			"handler takes three arguments, but the second is not http.ResponseWriter. got ptr"},
		{"any as writer", func(ctxT, interface{}, *http.Request) {},
			"handler takes three arguments, but the second is not http.ResponseWriter. got interface"},
		{"two results", func(ctxT, http.ResponseWriter, *http.Request) (int, error) { return 0, nil },
			"handler may not return more than one values"},
		{"no error", func(ctxT, http.ResponseWriter, *http.Request) int { return 0 },
			"handler returns a single value, but it does not implement error"},

		{"usual", func(ctxT, http.ResponseWriter, *http.Request) error { return nil }, ""},
		{"failing", func(ctxT, http.ResponseWriter, *http.Request) error { return errors.New("no") }, "no"},
		{"no result", func(ctxT, http.ResponseWriter, *http.Request) {}, ""},
		{"own error type", func(ctxT, http.ResponseWriter, *http.Request) *ownError { return nil }, "own"},
		{"any as request", func(ctxT, http.ResponseWriter, interface{}) error { return nil }, ""},
		{"a handler", structHTTPHandler{}, "struct"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			err := NewHttpHandler(tc.handler).Invoke(context.Background(), httptest.NewRecorder(), &http.Request{})
			if got := text(err); got != tc.want {
				t.Errorf("got %q, want %q", got, tc.want)
			}
		})
	}
}

type structHTTPHandler struct{}

func (structHTTPHandler) Invoke(ctxT, http.ResponseWriter, *http.Request) error {
	return errors.New("struct")
}

func TestThirdArgumentIsNotChecked(t *testing.T) {
	h := NewHttpHandler(func(ctxT, http.ResponseWriter, string) error { return nil })
	defer func() {
		if recover() == nil {
			t.Error("no panic")
		}
	}()
	_ = h.Invoke(context.Background(), httptest.NewRecorder(), &http.Request{})
}
