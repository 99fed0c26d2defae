// Command pull is a function for tests: a binary of the FC Go SDK, as far as
// anybody outside can tell. What it does is in its events.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"os/exec"
	"sync/atomic"
	"time"
)

// event is one command, or what a trigger makes of a request.
type event struct {
	Do      string `json:"do"`
	Text    string `json:"text"`
	N       int    `json:"n"`
	RawPath string `json:"rawPath"`
}

var (
	s       = &sdk{hooks: map[int]func(context.Context){}}
	count   atomic.Int64 // events handled by this process
	running atomic.Int64
	peak    atomic.Int64 // of running
	tries   atomic.Int64 // of the initializer
)

func main() {
	log.SetFlags(log.LstdFlags | log.Lmicroseconds)
	switch os.Getenv("START") {
	case "exit":
		fmt.Println("giving up")
		os.Exit(2)
	case "mute":
		time.Sleep(time.Hour) // not select, which is a deadlock here
	}
	s.event = handle
	if os.Getenv("HANDLER") == "http" {
		s.web = serve
	}
	if os.Getenv("HOOKS") != "" {
		s.hooks[1], s.hooks[2], s.hooks[3] = initialize, stop, freeze
	}
	s.run()
}

func initialize(context.Context) {
	n := tries.Add(1)
	fmt.Println("initializing", n)
	switch os.Getenv("HOOKS") {
	case "fail-once":
		if n == 1 {
			panic("not yet")
		}
	case "hang":
		select {}
	case "slow":
		time.Sleep(50 * time.Millisecond)
	}
}

func freeze(context.Context) { fmt.Println("freezing") }

func stop(context.Context) {
	fmt.Println("stopping")
	if os.Getenv("HOOKS") == "slow-stop" {
		select {}
	}
}

func handle(ctx context.Context, payload []byte) ([]byte, error) {
	inv := ctx.Value(key{}).(*invocation)
	var ev event
	if err := json.Unmarshal(payload, &ev); err != nil {
		return nil, err
	}
	n := count.Add(1)
	defer running.Add(-1)
	now := running.Add(1)
	switch ev.Do {
	case "fail":
		return nil, errors.New(ev.Text)
	case "panic":
		panic(ev.Text)
	case "exit":
		os.Exit(ev.N)
	case "crash":
		go func() { panic(ev.Text) }()
		select {}
	case "hang":
		select {}
	case "sleep":
		time.Sleep(time.Duration(ev.N) * time.Millisecond)
	case "overlap":
		// Waits until N have run at a time, and tells how many did at most.
		peak.Store(max(peak.Load(), now))
		for peak.Load() < int64(ev.N) {
			time.Sleep(time.Millisecond)
		}
		time.Sleep(20 * time.Millisecond)
		return json.Marshal(peak.Load())
	case "print":
		fmt.Println("out " + ev.Text)
		fmt.Fprint(os.Stderr, "err "+ev.Text)
	case "twice":
		_, _, first := s.do(http.MethodPost, inv.id+"/response", "application/json", "", []byte(`"once"`))
		_, _, second := s.do(http.MethodPost, inv.id+"/response", "application/json", "", []byte(`"twice"`))
		fmt.Println("first:", first, "second:", second)
	case "other":
		_, _, err := s.do(http.MethodPost, "somebody/response", "application/json", "", []byte(`"other"`))
		return json.Marshal(fmt.Sprint(err))
	case "large":
		return make([]byte, ev.N), nil
	case "alloc":
		b := make([]byte, ev.N<<20)
		for i := 0; i < len(b); i += 4096 {
			b[i] = 1
		}
	case "child":
		cmd := exec.Command("/bin/sleep", "1000")
		if err := cmd.Start(); err != nil {
			return nil, err
		}
		return json.Marshal(cmd.Process.Pid)
	case "context":
		return json.Marshal(map[string]any{
			"header": inv.header, "timeout": inv.timeout, "retries": inv.retries,
			"left": time.Until(inv.deadline) > 0, "env": os.Environ(), "args": os.Args[1:],
		})
	case "count":
		return json.Marshal(n)
	case "":
		if ev.RawPath != "" {
			return json.Marshal(map[string]any{"statusCode": 201, "headers": map[string]string{"x-path": ev.RawPath}, "body": string(payload)})
		}
	}
	return payload, nil
}

func serve(_ context.Context, w *response, r *http.Request) error {
	switch r.URL.Path {
	case "/fail":
		return errors.New("no page")
	case "/silent":
		return nil
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return err
	}
	w.Header().Set("X-Seen", r.Method+" "+r.RequestURI+" "+r.RemoteAddr)
	w.Header().Add("Set-Cookie", "a=1")
	w.Header().Add("Set-Cookie", "b=2")
	w.WriteHeader(203)
	fmt.Fprintf(w, "%s|%v|%s", r.URL.Query().Get("q"), r.Header["X-Own"], body)
	return nil
}
