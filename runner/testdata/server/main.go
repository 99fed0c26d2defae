// Command server is an HTTP server with a path for everything that tests want
// to see. It knows nothing of functions.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"math/rand/v2"
	"net/http"
	"os"
	"os/signal"
	"strconv"
	"sync/atomic"
	"syscall"
	"time"
)

var (
	requests  atomic.Int64
	cancelled atomic.Int64
	hooks     atomic.Pointer[[]string]
)

func main() {
	mux := http.NewServeMux()
	mux.HandleFunc("/echo", echo)
	mux.HandleFunc("POST /invoke", invoke)
	mux.HandleFunc("/sleep", sleep)
	mux.HandleFunc("/stubborn", func(http.ResponseWriter, *http.Request) { time.Sleep(time.Hour) })
	mux.HandleFunc("/spin", func(http.ResponseWriter, *http.Request) {
		for {
		}
	})
	mux.HandleFunc("/stream", stream)
	mux.HandleFunc("/bytes", sized)
	mux.HandleFunc("/sum", sum)
	mux.HandleFunc("/panic", func(http.ResponseWriter, *http.Request) { panic("no way") })
	mux.HandleFunc("/crash", func(http.ResponseWriter, *http.Request) { go func() { panic("for good") }(); time.Sleep(time.Hour) })
	mux.HandleFunc("/exit", func(http.ResponseWriter, *http.Request) { os.Exit(3) })
	mux.HandleFunc("/count", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, requests.Add(1)) })
	mux.HandleFunc("/cancelled", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, cancelled.Load()) })
	mux.HandleFunc("/random", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, rand.Uint64()) })
	mux.HandleFunc("/log", func(w http.ResponseWriter, r *http.Request) { log.Print("logged ", r.URL.Query().Get("text")) })
	mux.HandleFunc("/peer", func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, r.RemoteAddr) })
	mux.HandleFunc("/hooks", func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, *hooks.Load()) })
	hooks.Store(&[]string{})
	for _, hook := range []string{"POST /initialize", "GET /pre-freeze", "GET /pre-stop"} {
		mux.HandleFunc(hook, func(w http.ResponseWriter, r *http.Request) {
			log.Print("hook ", r.Method, " ", r.URL.Path, " ", r.Header.Get("X-Fc-Control-Path"))
			all := append(*hooks.Load(), r.URL.Path)
			hooks.Store(&all)
			if os.Getenv("FAIL") == r.URL.Path {
				http.Error(w, "not today", http.StatusNotFound)
			}
		})
	}
	serve(mux)
}

// serve starts the server in one of the ways that programs do.
func serve(h http.Handler) {
	switch os.Getenv("HOW") {
	case "", "plain":
		log.Fatal(http.ListenAndServe(":9000", h))
	case "env":
		log.Fatal(http.ListenAndServe("0.0.0.0:"+os.Getenv("FC_SERVER_PORT"), h))
	case "graceful":
		ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
		defer stop()
		s := &http.Server{
			Addr: ":9000", Handler: h,
			ReadTimeout: 200 * time.Millisecond, WriteTimeout: 30 * time.Second, IdleTimeout: 200 * time.Millisecond,
		}
		go func() {
			if err := s.ListenAndServe(); !errors.Is(err, http.ErrServerClosed) {
				log.Fatal(err)
			}
		}()
		go func() {
			for range time.Tick(10 * time.Millisecond) { // something always waits for a timer
			}
		}()
		<-ctx.Done()
		_ = s.Shutdown(context.Background())
	case "elsewhere":
		log.Fatal(http.ListenAndServe(":8080", h))
	case "nowhere":
		select {}
	case "returns":
		fmt.Println("nothing to do")
	case "fails":
		log.Fatal("no database")
	case "panics":
		panic("no configuration")
	}
}

// echo says what arrived.
func echo(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Add("X-Two", "1")
	w.Header().Add("X-Two", "2")
	w.Header().Set("X-Fc-Something", "secret")
	if status, err := strconv.Atoi(r.URL.Query().Get("status")); err == nil {
		w.WriteHeader(status)
	}
	_ = json.NewEncoder(w).Encode(map[string]any{
		"method": r.Method, "uri": r.RequestURI, "host": r.Host, "header": r.Header, "body": string(body), "length": r.ContentLength,
	})
}

// invoke is the handler of events.
func invoke(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	switch string(body) {
	case "fail":
		w.Header().Set("X-Fc-Status", "404")
		w.WriteHeader(http.StatusBadRequest)
		fmt.Fprint(w, `{"errorMessage":"I fail","errorType":"Sulk"}`)
	case "status":
		w.WriteHeader(http.StatusBadRequest)
		fmt.Fprint(w, "a bad request")
	case "large":
		_, _ = w.Write(make([]byte, 1<<20))
	default:
		requests.Add(1)
		fmt.Fprintf(w, "%s as %s for %s", body, r.Header.Get("Content-Type"), r.Header.Get("X-Fc-Request-Id"))
	}
}

func sleep(w http.ResponseWriter, r *http.Request) {
	d, _ := time.ParseDuration(r.URL.Query().Get("for"))
	select {
	case <-time.After(d):
		fmt.Fprint(w, "slept")
	case <-r.Context().Done():
		cancelled.Add(1)
	}
}

// stream writes a piece whenever it is asked for one, by a request to /count.
func stream(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/event-stream")
	for i := range 3 {
		fmt.Fprintf(w, "data: %d\n\n", i)
		w.(http.Flusher).Flush()
		for seen := requests.Load(); requests.Load() == seen && r.Context().Err() == nil; {
			time.Sleep(time.Millisecond)
		}
	}
	if r.URL.Query().Has("break") {
		panic(http.ErrAbortHandler)
	}
}

// sized writes as many bytes as it is asked for.
func sized(w http.ResponseWriter, r *http.Request) {
	n, _ := strconv.Atoi(r.URL.Query().Get("n"))
	if !r.URL.Query().Has("chunked") {
		w.Header().Set("Content-Length", strconv.Itoa(n))
	}
	block := make([]byte, 64<<10)
	for i := range block {
		block[i] = byte('a' + i%26)
	}
	for n > 0 {
		k, err := w.Write(block[:min(n, len(block))])
		if err != nil {
			return
		}
		n -= k
	}
}

// sum reads the body slowly and adds it up.
func sum(w http.ResponseWriter, r *http.Request) {
	var total, size uint64
	buf := make([]byte, 1000)
	for {
		n, err := r.Body.Read(buf)
		for _, c := range buf[:n] {
			total += uint64(c)
		}
		size += uint64(n)
		if err != nil {
			break
		}
	}
	fmt.Fprintf(w, "%d bytes, sum %d", size, total)
}
