// Command http-handler answers HTTP requests as net/http handlers do.
package main

import (
	"context"
	"fmt"
	"io"
	"net/http"

	"github.com/aliyun/fc-runtime-go-sdk/fc"
)

func HandleHTTP(ctx context.Context, w http.ResponseWriter, req *http.Request) error {
	switch req.URL.Path {
	case "/":
		name := req.URL.Query().Get("name")
		if name == "" {
			name = "world"
		}
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		fmt.Fprintf(w, "hello, %s\n", name)
	case "/echo":
		body, err := io.ReadAll(req.Body)
		if err != nil {
			return err
		}
		w.Header().Set("Content-Type", req.Header.Get("Content-Type"))
		w.Header().Set("X-Method", req.Method)
		w.WriteHeader(http.StatusCreated)
		_, err = w.Write(body)
		return err
	case "/fail":
		return fmt.Errorf("%s is not for reading", req.URL.Path)
	default:
		http.NotFound(w, req)
	}
	return nil
}

func main() {
	fc.StartHttp(HandleHTTP)
}
