// Command event-bytes takes the event as it is, whatever its format.
package main

import (
	"bytes"
	"context"

	"github.com/aliyun/fc-runtime-go-sdk/fc"
)

func HandleRequest(ctx context.Context, event []byte) ([]byte, error) {
	return bytes.ToUpper(event), nil
}

func main() {
	fc.Start(HandleRequest)
}
