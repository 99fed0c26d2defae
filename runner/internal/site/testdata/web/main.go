// Command web answers HTTP requests with what it saw of them.
package main

import (
	"context"
	"fmt"
	"net/http"
	"os"

	"github.com/aliyun/fc-runtime-go-sdk/fc"
)

func main() {
	fc.StartHttp(func(_ context.Context, w http.ResponseWriter, r *http.Request) error {
		_, err := fmt.Fprintf(w, "%s: %s %s", os.Getenv("GREETING"), r.Method, r.URL.Path)
		return err
	})
}
