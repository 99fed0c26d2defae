//go:build !wafer_nohttp

package fc_test

import (
	"context"
	"net/http"

	"github.com/wafer-run/wafer/guest/fc"
	"github.com/wafer-run/wafer/guest/fc/messages"
	"github.com/wafer-run/wafer/guest/fccontext"
)

// What follows compiles as long as the SDK's surface is there.

var (
	_ func(interface{})                     = fc.Start
	_ func(interface{})                     = fc.StartHttp
	_ func(fc.Handler)                      = fc.StartHandler
	_ func(interface{})                     = fc.RegisterInitializerFunction
	_ func(interface{})                     = fc.RegisterPreFreezeFunction
	_ func(interface{})                     = fc.RegisterPreStopFunction
	_ func(interface{}) fc.Handler          = fc.NewHandler
	_ func(interface{}) fc.HttpHandler      = fc.NewHttpHandler
	_ func(interface{}) fc.LifeCycleHandler = fc.NewLifeCycleHandler

	_ = func() { fc.StartWithContext(context.Background(), nil, 101) }
	_ = func() { fc.StartHandlerWithContext(context.Background(), nil, 102) }
	_ = func(fn *fc.Function) error {
		return fn.Invoke(&messages.InvokeRequest{}, &messages.InvokeResponse{}, 0)
	}
	_ = func(fn *fc.Function) error { return fn.Ping(&messages.PingRequest{}, &messages.PingResponse{}) }
	_ = func(fn *fc.Function) { fn.RegistryLifeCycleHandler(nil) }
	_ = func() *fc.Function { return fc.NewFunction(nil, 101) }

	_ = fc.HTTPParams{
		Path: "", Method: "", RequestURI: "", ClientIP: "", Host: "",
		QueriesMap: map[string][]string{}, HeadersMap: map[string][]string{},
	}
	_ = messages.InvokeRequest{
		Payload: []byte{}, RequestId: "", Deadline: messages.InvokeRequest_Timestamp{Seconds: 0, Nanos: 0},
		Context: fccontext.FcContext{}, HttpParams: new(string),
	}
	_ = messages.InvokeResponse{Payload: []byte{}, Error: &messages.InvokeResponse_Error{}, HttpParam: ""}

	_ fc.Handler          = eventHandler{}
	_ fc.HttpHandler      = httpHandler{}
	_ fc.LifeCycleHandler = hook{}

	_ = fccontext.FunctionVersion
	_ = fccontext.NewFcLogger("")
)

type eventHandler struct{}

func (eventHandler) Invoke(context.Context, []byte) ([]byte, error) { return nil, nil }

type httpHandler struct{}

func (httpHandler) Invoke(context.Context, http.ResponseWriter, *http.Request) error { return nil }

type hook struct{}

func (hook) Invoke(context.Context) {}
