// Command log-fatal fails for good: the handler ends its process.
package main

import (
	"context"
	"log"

	"github.com/aliyun/fc-runtime-go-sdk/fc"
)

func HandleRequest(ctx context.Context, name string) (string, error) {
	if name == "" {
		log.Fatal("cannot go on without a name")
	}
	return "hello, " + name, nil
}

func main() {
	fc.Start(HandleRequest)
}
