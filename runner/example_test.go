package runner_test

import (
	"context"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"

	"github.com/wafer-run/wafer/runner"
)

// hello is the file of a handler built by "wafer build", cache a directory; see
// TestMain.
var hello, cache string

func Example() {
	ctx := context.Background()
	r, err := runner.New(ctx, runner.NewConfig().WithCacheDir(cache))
	if err != nil {
		log.Fatal(err)
	}
	defer r.Close(ctx)
	wasm, err := os.ReadFile(hello)
	if err != nil {
		log.Fatal(err)
	}
	f, err := r.Load(ctx, runner.NewFunctionConfig("hello").WithMemory(128), wasm)
	if err != nil {
		log.Fatal(err)
	}
	res, err := f.Invoke(ctx, runner.Event{Payload: []byte(`{"key":"value"}`)})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(string(res.Payload))
	// Output: "hello, value!"
}

func ExampleFunction_Handler() {
	ctx := context.Background()
	r, err := runner.New(ctx, runner.NewConfig().WithCacheDir(cache))
	if err != nil {
		log.Fatal(err)
	}
	defer r.Close(ctx)
	wasm, err := os.ReadFile(hello)
	if err != nil {
		log.Fatal(err)
	}
	f, err := r.Load(ctx, runner.NewFunctionConfig("hello"), wasm)
	if err != nil {
		log.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.Handle("/hello", f.Handler())
	server := httptest.NewServer(mux)
	defer server.Close()

	answer, err := http.Post(server.URL+"/hello", "text/plain", strings.NewReader("hi"))
	if err != nil {
		log.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(answer.Status, string(body))
	// Output: 200 OK "hello, !"
}
