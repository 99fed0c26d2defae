package runtimeapi

import (
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// prefix is where invocations are.
const prefix = "/2020-11-11/runtime/invocation/"

// maxHead is how many bytes a request's head may have, besides 4096 of net/http's
// own: an HTTP answer's headers are in it, in base64.
const maxHead = 256 << 10

// Server is the runtime API of one process. It is safe for concurrent use.
type Server struct {
	http   http.Server
	served chan struct{}
	ready  chan struct{} // closed by the first poll
	quit   chan struct{} // closed by Close

	mu      sync.Mutex
	agent   string
	polls   []chan *Pending // the first one came first
	queue   []*Pending      // waits for a poll
	running map[string]*Pending
	closed  bool
}

// Serve serves the API on ln, which Close closes, to a process with so many
// invocations at once.
func Serve(ln net.Listener, concurrency int) *Server {
	s := &Server{
		served: make(chan struct{}), ready: make(chan struct{}), quit: make(chan struct{}),
		running: map[string]*Pending{},
	}
	s.http.Handler = s
	s.http.MaxHeaderBytes = maxHead
	s.http.ErrorLog = log.New(io.Discard, "", 0) // what goes wrong is the process's doing
	limited := limit(ln, connections(concurrency))
	go func() {
		defer close(s.served)
		_ = s.http.Serve(limited) // ends with Close
	}()
	return s
}

// Close ends the server and every connection to it. The process must have
// ended.
func (s *Server) Close() {
	s.mu.Lock()
	if !s.closed {
		s.closed = true
		close(s.quit)
	}
	s.mu.Unlock()
	_ = s.http.Close() // its listener's error, of no use to anybody
	<-s.served
}

// Ready is closed once the process has asked for an invocation.
func (s *Server) Ready() <-chan struct{} { return s.ready }

// Agent is the User-Agent of the first request for an invocation.
func (s *Server) Agent() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.agent
}

// Send hands an invocation to the process as soon as it asks for one. Nothing
// of inv may change until there is an answer, or it is forgotten.
func (s *Server) Send(inv Invocation) *Pending {
	p := &Pending{server: s, inv: inv, answer: make(chan Answer, 1), reading: make(chan struct{}, 1)}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.running[inv.ID] = p
	if len(s.polls) > 0 {
		poll := s.polls[0]
		s.polls = slices.Delete(s.polls, 0, 1)
		poll <- p // it has room for one
	} else {
		s.queue = append(s.queue, p)
	}
	return p
}

// ServeHTTP implements [http.Handler].
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	rest, ok := strings.CutPrefix(r.URL.Path, prefix)
	if !ok {
		refuse(w, http.StatusNotFound, "there is no %s, only %s", r.URL.Path, prefix)
		return
	}
	if rest == "next" {
		if r.Method != http.MethodGet {
			refuse(w, http.StatusMethodNotAllowed, "%s next, want GET", r.Method)
			return
		}
		s.next(w, r)
		return
	}
	for _, end := range []string{"response", "error"} {
		if id, ok := strings.CutSuffix(rest, "/"+end); ok {
			if r.Method != http.MethodPost {
				refuse(w, http.StatusMethodNotAllowed, "%s %s, want POST", r.Method, end)
				return
			}
			s.answer(w, r, id, end == "error")
			return
		}
	}
	refuse(w, http.StatusNotFound, "there is no %s, only next, {id}/response and {id}/error", rest)
}

// refuse answers a request that should not have been made.
func refuse(w http.ResponseWriter, status int, format string, args ...any) {
	http.Error(w, "runtime API: "+fmt.Sprintf(format, args...), status)
}

// next holds the request until there is an invocation.
func (s *Server) next(w http.ResponseWriter, r *http.Request) {
	poll := s.poll(r)
	r.Header = nil // it may be long, and the wait is
	var p *Pending
	select {
	case p = <-poll:
	case <-r.Context().Done():
		p = s.leave(poll)
	case <-s.quit:
		p = s.leave(poll)
	}
	if p == nil {
		return
	}
	if r.Context().Err() != nil { // nobody is there to take it
		s.unsend(p)
		return
	}
	s.mu.Lock()
	p.delivered = true
	s.mu.Unlock()
	h := w.Header()
	for _, v := range p.inv.Header {
		h[v.Key] = append(h[v.Key], v.Value)
	}
	h["X-Fc-Request-Id"] = []string{p.inv.ID}
	h["Content-Type"] = []string{"application/octet-stream"}
	h["Content-Length"] = []string{strconv.Itoa(len(p.inv.Body))}
	_, _ = w.Write(p.inv.Body) // if it does not arrive, no answer comes
}

// poll notes that the process wants an invocation.
func (s *Server) poll(r *http.Request) chan *Pending {
	poll := make(chan *Pending, 1)
	s.mu.Lock()
	defer s.mu.Unlock()
	select {
	case <-s.ready:
	default:
		s.agent = r.UserAgent()
		close(s.ready)
	}
	if len(s.queue) > 0 {
		poll <- s.queue[0]
		s.queue = slices.Delete(s.queue, 0, 1)
	} else {
		s.polls = append(s.polls, poll)
	}
	return poll
}

// leave takes a poll back. It returns what the poll was given at the same
// moment.
func (s *Server) leave(poll chan *Pending) *Pending {
	s.mu.Lock()
	defer s.mu.Unlock()
	if i := slices.Index(s.polls, poll); i >= 0 {
		s.polls = slices.Delete(s.polls, i, i+1)
		return nil
	}
	return <-poll
}

// unsend gives an invocation that did not go out to the next poll.
func (s *Server) unsend(p *Pending) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.running[p.inv.ID] != p: // forgotten in the meantime
	case len(s.polls) > 0:
		s.polls[0] <- p
		s.polls = slices.Delete(s.polls, 0, 1)
	default:
		s.queue = slices.Insert(s.queue, 0, p)
	}
}

// find returns the invocation that the process is busy with.
func (s *Server) find(id string) *Pending {
	s.mu.Lock()
	defer s.mu.Unlock()
	if p := s.running[id]; p != nil && p.delivered {
		return p
	}
	return nil
}

// take ends a running invocation, for one of those who answer it.
func (s *Server) take(p *Pending) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.running[p.inv.ID] != p {
		return false
	}
	delete(s.running, p.inv.ID)
	return true
}

// answer takes the answer to an invocation.
func (s *Server) answer(w http.ResponseWriter, r *http.Request, id string, failed bool) {
	p := s.find(id)
	if p == nil {
		refuse(w, http.StatusNotFound, "no invocation %q is running", id)
		return
	}
	a := Answer{Failed: failed}
	if !failed {
		a.Params = r.Header.Get("X-Fc-Http-Params")
	}
	r.Header = nil // see next
	// Memory is taken for one answer, however many are sent at once. Whoever
	// comes second may be right: the first one's connection may have broken.
	select {
	case p.reading <- struct{}{}:
	case <-r.Context().Done():
		return
	case <-s.quit:
		return
	}
	defer func() { <-p.reading }()
	if s.find(id) != p {
		refuse(w, http.StatusNotFound, "invocation %q is over", id)
		return
	}
	body, err := readBody(r, p.inv.Limit)
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		a.Overflow = max(int(r.ContentLength), p.inv.Limit+1)
	case err != nil:
		return // the connection broke: the process may try again
	default:
		a.Body = body
	}
	if !s.take(p) {
		refuse(w, http.StatusNotFound, "invocation %q is over", id)
		return
	}
	p.answer <- a
	if large != nil {
		refuse(w, http.StatusRequestEntityTooLarge, "the answer has over %d bytes", p.inv.Limit)
	}
}

// readBody reads a body of at most limit bytes.
func readBody(r *http.Request, limit int) ([]byte, error) {
	if r.ContentLength > int64(limit) {
		return nil, &http.MaxBytesError{Limit: int64(limit)}
	}
	from := http.MaxBytesReader(nil, r.Body, int64(limit))
	if r.ContentLength < 0 {
		return io.ReadAll(from)
	}
	body := make([]byte, r.ContentLength)
	_, err := io.ReadFull(from, body)
	return body, err
}

var _ http.Handler = (*Server)(nil)
