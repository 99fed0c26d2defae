package fc

import (
	"context"

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

// keepsPayload reports whether user code gets to see, and may keep, the bytes
// of the payload. Package json keeps nothing of its input.
func (s eventServer) keepsPayload() bool {
	h, ok := s.handler.(*eventHandler)
	return !ok || h.keepsPayload()
}

func (s eventServer) warm() {
	if h, ok := s.handler.(*eventHandler); ok {
		h.warm()
	}
}
