package fc

import (
	"context"
	"reflect"

	"github.com/wafer-run/wafer/guest/fc/messages"
)

// eventServer runs a [Handler].
type eventServer struct{ handler Handler }

func newEventFunction(parent context.Context, h Handler) *Function {
	return &Function{parent: parent, server: eventServer{h}}
}

func (s eventServer) invoke(ctx context.Context, req *messages.InvokeRequest, resp *messages.InvokeResponse) error {
	payload, err := s.handler.Invoke(ctx, req.Payload)
	if err != nil {
		return err
	}
	resp.Payload = payload
	return nil
}

// keepsPayload implements server. Package json keeps nothing of its input.
func (s eventServer) keepsPayload() bool {
	h, ok := s.handler.(*eventHandler)
	return !ok || h.keepsPayload()
}

func (s eventServer) idle() (server, []byte) {
	h, ok := s.handler.(*eventHandler)
	if !ok || !h.plain() {
		return nil, nil
	}
	idle := *h
	idle.fn = reflect.MakeFunc(h.fn.Type(), func([]reflect.Value) []reflect.Value {
		results := make([]reflect.Value, h.fn.Type().NumOut())
		for i := range results {
			results[i] = reflect.Zero(h.fn.Type().Out(i))
		}
		return results
	})
	return eventServer{&idle}, idle.sample()
}
