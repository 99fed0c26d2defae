// Command context answers what a handler can know about its invocation.
package main

import (
	"context"
	"errors"

	"github.com/aliyun/fc-runtime-go-sdk/fc"
	"github.com/aliyun/fc-runtime-go-sdk/fccontext"
)

func HandleRequest(ctx context.Context) (*fccontext.FcContext, error) {
	fctx, ok := fccontext.FromContext(ctx)
	if !ok {
		return nil, errors.New("not called by Function Compute")
	}
	return fctx, nil
}

func main() {
	fc.Start(HandleRequest)
}
