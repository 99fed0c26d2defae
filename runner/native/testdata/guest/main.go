// Command guest is a function for tests, built with wafer's own SDK.
package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/aliyun/fc-runtime-go-sdk/fc"
	"github.com/aliyun/fc-runtime-go-sdk/fccontext"
)

var initialized bool

func serve(ctx context.Context, w http.ResponseWriter, r *http.Request) error {
	if r.URL.Path == "/fail" {
		return errors.New("no page")
	}
	fctx, _ := fccontext.FromContext(ctx)
	fctx.GetLogger().Info("serving")
	w.WriteHeader(http.StatusAccepted)
	fmt.Fprintf(w, "%s %s initialized %v", r.Method, r.URL.Path, initialized)
	return nil
}

func main() {
	fc.RegisterInitializerFunction(func(context.Context) { initialized = true })
	fc.RegisterPreStopFunction(func(context.Context) { fmt.Println("stopping") })
	fc.StartHttp(serve)
}
