// Command event-string takes a JSON string and answers one.
package main

import (
	"context"

	"github.com/aliyun/fc-runtime-go-sdk/fc"
)

func HandleRequest(ctx context.Context, name string) (string, error) {
	return "hello, " + name, nil
}

func main() {
	fc.Start(HandleRequest)
}
