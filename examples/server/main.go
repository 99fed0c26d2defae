// Command server is an HTTP server. It knows nothing of functions: run it with
// "go run .", and it serves the same.
package main

import (
	"encoding/json"
	"fmt"
	"log"
	"net/http"
	"os"
	"time"
)

func main() {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintln(w, "hello from", r.Host)
	})
	mux.HandleFunc("GET /users/{name}", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(map[string]string{"name": r.PathValue("name")})
	})
	mux.HandleFunc("GET /ticks", ticks)
	mux.HandleFunc("POST /invoke", event)

	port := os.Getenv("FC_SERVER_PORT")
	if port == "" {
		port = "9000"
	}
	log.Fatal(http.ListenAndServe(":"+port, mux))
}

// ticks streams: each line leaves when it is flushed.
func ticks(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/event-stream")
	for i := range 3 {
		fmt.Fprintf(w, "data: %d\n\n", i)
		_ = http.NewResponseController(w).Flush()
		select {
		case <-time.After(100 * time.Millisecond):
		case <-r.Context().Done(): // the client left
			return
		}
	}
}

// event gets events: those that are sent to the invocation API, and by triggers
// other than HTTP.
func event(w http.ResponseWriter, r *http.Request) {
	var order struct{ Item string }
	if err := json.NewDecoder(r.Body).Decode(&order); err != nil {
		w.Header().Set("X-Fc-Status", "404") // says that the invocation failed
		w.WriteHeader(http.StatusBadRequest)
		fmt.Fprintf(w, `{"errorMessage": %q, "errorType": "BadOrder"}`, err)
		return
	}
	fmt.Fprintf(w, `{"request": %q, "ordered": %q}`, r.Header.Get("X-Fc-Request-Id"), order.Item)
}
