// Command logger shows the three ways to write to the function's log.
package main

import (
	"context"
	"fmt"
	"log"
	"os"

	"github.com/aliyun/fc-runtime-go-sdk/fc"
	"github.com/aliyun/fc-runtime-go-sdk/fccontext"
)

func HandleRequest(ctx context.Context, name string) (string, error) {
	fctx, _ := fccontext.FromContext(ctx)
	logger := fctx.GetLogger()
	logger.Info("greeting", name)
	logger.Warnf("%d bytes are few", len(name))

	log.Print("written by package log")

	fmt.Println("written to stdout")
	fmt.Fprintln(os.Stderr, "written to stderr")
	return "logged", nil
}

func main() {
	fc.Start(HandleRequest)
}
