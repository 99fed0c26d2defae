// Function is one program with a handler of each kind, chosen by the
// environment, for tests that drive it through the ABI.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand"
	"net/http"
	"os"
	"runtime"
	"sync"
	"time"

	"github.com/wafer-run/wafer/guest/fc"
	"github.com/wafer-run/wafer/guest/fc/messages"
	"github.com/wafer-run/wafer/guest/fccontext"
)

type event struct {
	Op   string
	Size int
}

var (
	invocations int
	initialized bool
	kept        []byte
	meeting     sync.WaitGroup
)

func handleEvent(ctx context.Context, e event) (interface{}, error) {
	invocations++
	switch e.Op {
	case "count":
		return invocations, nil
	case "context":
		fctx, ok := fccontext.FromContext(ctx)
		deadline, _ := ctx.Deadline()
		return map[string]interface{}{"ok": ok, "fc": fctx, "deadline": deadline}, nil
	case "log":
		fctx, _ := fccontext.FromContext(ctx)
		fctx.GetLogger().Infof("hello %d", 1)
		return nil, nil
	case "error":
		return "dropped", errors.New("it failed")
	case "own error":
		return nil, messages.InvokeResponse_Error{Message: "mine", Type: "Own"}
	case "panic":
		panic("it blew up")
	case "goexit":
		runtime.Goexit()
	case "block":
		select {}
	case "exit":
		os.Exit(3)
	case "initialized":
		return initialized, nil
	case "goroutines":
		var wg sync.WaitGroup
		var mu sync.Mutex
		sum := 0
		for i := 1; i <= 10; i++ {
			i := i
			wg.Add(1)
			go func() {
				defer wg.Done()
				time.Sleep(time.Millisecond)
				mu.Lock()
				sum += i
				mu.Unlock()
			}()
		}
		wg.Wait()
		return sum, nil
	case "deadline":
		<-ctx.Done()
		return ctx.Err().Error(), nil
	case "random":
		return rand.Uint64(), nil
	case "meet":
		meeting.Done()
		meeting.Wait()
		return "met", nil
	case "chan":
		return make(chan int), nil
	case "allocate":
		kept = make([]byte, e.Size)
		return len(kept), nil
	}
	return nil, fmt.Errorf("unknown op %q", e.Op)
}

func handleHTTP(_ context.Context, w http.ResponseWriter, req *http.Request) error {
	body, err := io.ReadAll(req.Body)
	if err != nil {
		return err
	}
	switch req.URL.Path {
	case "/error":
		fmt.Fprint(w, "discarded")
		return errors.New("it failed")
	case "/stream":
		for i := 0; i < 3; i++ {
			fmt.Fprint(w, i)
			w.(http.Flusher).Flush()
		}
		return nil
	case "/nothing":
		return nil
	}
	w.Header().Set("X-Query", req.URL.Query().Get("q"))
	w.Header()["Date"] = []string{"today"}
	w.WriteHeader(http.StatusTeapot)
	return json.NewEncoder(w).Encode(map[string]interface{}{
		"method": req.Method, "uri": req.RequestURI, "remote": req.RemoteAddr,
		"host": req.Host, "header": req.Header, "body": string(body),
	})
}

// rawHandler answers with the very bytes it got.
type rawHandler struct{}

func (rawHandler) Invoke(_ context.Context, payload []byte) ([]byte, error) { return payload, nil }

func main() {
	defer fmt.Println("main's defer ran")
	fc.RegisterInitializerFunction(func(context.Context) { initialized = true })
	if os.Getenv("HOOKS") != "" {
		fc.RegisterPreStopFunction(func(context.Context) { fmt.Println("stopping") })
		fc.RegisterPreFreezeFunction(func(context.Context) { panic("too cold") })
	}
	meeting.Add(3)
	switch os.Getenv("MODE") {
	case "event":
		fc.Start(handleEvent)
	case "http":
		fc.StartHttp(handleHTTP)
	case "handler":
		fc.StartHandler(rawHandler{})
	case "panic":
		panic("not today")
	case "goexit":
		runtime.Goexit()
	}
}
