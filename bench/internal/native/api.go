package native

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"sync/atomic"
	"time"
)

// runtimeAPI is the runtime API of one process, with one event to give away.
// There is one per process, because a process that has been killed may still
// look as if it waited for the next event.
type runtimeAPI struct {
	listener net.Listener
	server   *http.Server
	event    []byte
	taken    atomic.Bool
	answers  chan answer // the first answer to the event
}

type answer struct {
	kind string // response or error
	body []byte
	at   time.Time
}

const (
	prefix    = "/2020-11-11/runtime/invocation/"
	requestID = "1-65a1c2d3-0123456789abcdef01234567"
	timeout   = 60 // seconds
)

// newRuntimeAPI listens on a port of the loopback interface.
func newRuntimeAPI(event []byte) (*runtimeAPI, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("native: listening: %w", err)
	}
	a := &runtimeAPI{listener: l, event: event, answers: make(chan answer, 1)}
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+prefix+"next", a.next)
	mux.HandleFunc("POST "+prefix+"{id}/{kind}", a.answered)
	a.server = &http.Server{Handler: mux}
	go func() { _ = a.server.Serve(l) }() // it ends with close
	return a, nil
}

func (a *runtimeAPI) addr() string { return a.listener.Addr().String() }

// next gives out the event once. Whoever asks again waits.
func (a *runtimeAPI) next(w http.ResponseWriter, r *http.Request) {
	if a.taken.Swap(true) {
		<-r.Context().Done()
		return
	}
	h := w.Header()
	h.Set("x-fc-request-id", requestID)
	h.Set("x-fc-function-deadline", strconv.FormatInt(time.Now().Add(timeout*time.Second).UnixMilli(), 10))
	h.Set("x-fc-function-timeout", strconv.Itoa(timeout))
	h.Set("x-fc-function-name", "hello")
	h.Set("x-fc-function-handler", "main")
	h.Set("x-fc-function-memory", "512")
	h.Set("x-fc-qualifier", "LATEST")
	_, _ = w.Write(a.event) // a program that is gone does not answer either
}

func (a *runtimeAPI) answered(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil || r.PathValue("id") != requestID {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	select {
	case a.answers <- answer{r.PathValue("kind"), body, time.Now()}:
	default:
		w.WriteHeader(http.StatusConflict)
	}
}

// close ends the API and breaks all connections off.
func (a *runtimeAPI) close() { _ = a.server.Close() }
