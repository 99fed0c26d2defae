// Command server is a function for tests: a server on the port of FC's custom
// runtime. What it does is in its environment, its events and its paths.
package main

import (
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync/atomic"
	"time"
)

var (
	tries   atomic.Int64 // of the initializer
	running atomic.Int64
	peak    atomic.Int64 // of running
	served  atomic.Int64
	sick    atomic.Bool
)

func main() {
	port := "9000"
	switch os.Getenv("START") {
	case "exit":
		fmt.Println("no luck")
		fmt.Fprintln(os.Stderr, "bye")
		os.Exit(2)
	case "mute":
		fmt.Println("thinking")
		time.Sleep(time.Hour) // not select, which is a deadlock here
	case "wrong-port":
		port = "9001"
	case "free-port":
		port = os.Getenv("FC_SERVER_PORT")
	case "slow":
		time.Sleep(200 * time.Millisecond)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /invoke", invoke)
	mux.HandleFunc("POST /initialize", initialize)
	mux.HandleFunc("GET /pre-freeze", hook("freezing"))
	mux.HandleFunc("GET /pre-stop", hook("stopping"))
	mux.HandleFunc("GET /health", health)
	mux.HandleFunc("GET /stream", stream)
	mux.HandleFunc("/break", breakOff)
	mux.HandleFunc("/switch", switchProtocols)
	mux.HandleFunc("/heads", heads)
	mux.HandleFunc("/exit", func(http.ResponseWriter, *http.Request) { os.Exit(7) })
	mux.HandleFunc("/hang", func(http.ResponseWriter, *http.Request) { select {} })
	mux.HandleFunc("/unwell", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("x-fc-status", "404")
		http.Error(w, "unwell", http.StatusTeapot)
	})
	ln, err := net.Listen("tcp", net.JoinHostPort(os.Getenv("ADDRESS"), port))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("FunctionCompute custom runtime inited.")
	log.Fatal(http.Serve(ln, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if h, pattern := mux.Handler(r); pattern != "" && !strings.Contains(r.URL.Path, "//") {
			h.ServeHTTP(w, r)
			return
		}
		show(w, r) // without the redirects of the mux
	})))
}

// invoke handles an event, which is a command with an argument.
func invoke(w http.ResponseWriter, r *http.Request) {
	id := r.Header.Get("x-fc-request-id")
	fmt.Println("FC Invoke Start RequestId: " + id)
	defer fmt.Println("FC Invoke End RequestId: " + id)
	body, _ := io.ReadAll(r.Body)
	var ev struct {
		Do string `json:"do"`
		N  int    `json:"n"`
	}
	_ = json.Unmarshal(body, &ev) // what is no command is echoed
	defer running.Add(-1)
	now := running.Add(1)
	switch ev.Do {
	case "fail":
		w.Header().Set("x-fc-status", "404")
		w.WriteHeader(400)
		fmt.Fprint(w, `{"errorMessage":"bad day","errorType":"Weather"}`)
	case "status":
		w.Header().Set("X-Dropped", "yes")
		w.WriteHeader(ev.N)
		fmt.Fprint(w, "the body counts")
	case "exit", "crash":
		os.Exit(ev.N)
	case "hang":
		select {}
	case "break":
		breakOff(w, r)
	case "switch":
		switchProtocols(w, r)
	case "heads":
		heads(w, r)
	case "overlap":
		// Waits until N have run at a time, and tells how many did at most.
		peak.Store(max(peak.Load(), now))
		for peak.Load() < int64(ev.N) {
			time.Sleep(time.Millisecond)
		}
		time.Sleep(20 * time.Millisecond)
		fmt.Fprint(w, peak.Load())
	case "large":
		_, _ = w.Write(make([]byte, ev.N))
	case "count":
		fmt.Fprint(w, served.Add(1))
	case "sick":
		sick.Store(true)
	case "context":
		_ = json.NewEncoder(w).Encode(map[string]any{"header": r.Header, "env": os.Environ(), "args": os.Args[1:], "length": r.ContentLength})
	default:
		fmt.Fprintf(w, "%s", body)
	}
}

func initialize(w http.ResponseWriter, r *http.Request) {
	n := tries.Add(1)
	fmt.Println("initializing", n, r.Header.Get("x-fc-control-path"), r.ContentLength)
	if os.Getenv("HOOKS") == "fail-once" && n == 1 {
		http.Error(w, "not yet", http.StatusNotFound)
	}
}

func hook(word string) http.HandlerFunc {
	return func(_ http.ResponseWriter, r *http.Request) { fmt.Println(word, r.Header.Get("x-fc-control-path")) }
}

func health(w http.ResponseWriter, _ *http.Request) {
	if sick.Load() || os.Getenv("START") == "sick" {
		w.WriteHeader(500)
	}
}

// stream writes a line, and the next one when the client has had that.
func stream(w http.ResponseWriter, r *http.Request) {
	n, _ := strconv.Atoi(r.URL.Query().Get("n"))
	for i := range n {
		fmt.Fprintln(w, "line", i)
		_ = http.NewResponseController(w).Flush()
		time.Sleep(5 * time.Millisecond)
	}
	if r.URL.Query().Has("exit") {
		os.Exit(3)
	}
	if r.URL.Query().Has("break") {
		breakOff(w, r)
	}
}

// breakOff closes the connection without an answer. The process lives on.
func breakOff(_ http.ResponseWriter, r *http.Request) {
	fmt.Println("breaking off", r.Method)
	panic(http.ErrAbortHandler)
}

// show describes the request.
func show(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	w.Header().Set("X-Answer", "yes")
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(299)
	_ = json.NewEncoder(w).Encode(map[string]any{
		"method": r.Method, "uri": r.RequestURI, "host": r.Host, "header": r.Header, "body": string(body),
	})
}
