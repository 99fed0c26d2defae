//go:build !wasip1

package local

import (
	"crypto/rand"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/wafer-run/wafer/abi"
	"github.com/wafer-run/wafer/guest/internal/fcheader"
	"github.com/wafer-run/wafer/guest/internal/process"
)

// timeout is how long invocations may take, as far as their context says:
// nothing stops them.
const timeout = 60 * time.Second

// server is the function as an [http.Handler].
type server struct {
	fn      process.Function
	context abi.Context // what is the same for all invocations
}

// newServer takes what there is of the context from the environment variables
// that platforms set for a process.
func newServer(fn process.Function, getenv func(string) string) *server {
	c := abi.Context{
		FunctionName:    getenv("FC_FUNCTION_NAME"),
		FunctionHandler: getenv("FC_FUNCTION_HANDLER"),
		ServiceName:     getenv("FC_SERVICE_NAME"),
		Region:          getenv("FC_REGION"),
		AccountID:       getenv("FC_ACCOUNT_ID"),
		AccessKeyID:     getenv("ALIBABA_CLOUD_ACCESS_KEY_ID"),
		AccessKeySecret: getenv("ALIBABA_CLOUD_ACCESS_KEY_SECRET"),
		SecurityToken:   getenv("ALIBABA_CLOUD_SECURITY_TOKEN"),
		Timeout:         uint32(timeout / time.Millisecond),
	}
	program := filepath.Base(os.Args[0])
	if c.FunctionName == "" {
		c.FunctionName = strings.TrimSuffix(program, filepath.Ext(program))
	}
	if c.FunctionHandler == "" {
		c.FunctionHandler = program
	}
	if n, err := strconv.ParseUint(getenv("FC_FUNCTION_MEMORY_SIZE"), 10, 32); err == nil {
		c.Memory = uint32(n)
	}
	return &server{fn: fn, context: c}
}

func (s *server) takesHTTP() bool { return s.fn.Info().Handles&abi.HandlesHTTP != 0 }

// hook runs a hook if the function has it, and returns nil if not.
func (s *server) hook(bit abi.Hooks, kind abi.Kind) *process.Answer {
	if s.fn.Info().Hooks&bit == 0 {
		return nil
	}
	q := &abi.Request{Context: s.context}
	q.RequestID = newRequestID()
	q.Deadline = time.Now().Add(timeout).UnixMilli()
	return process.Logged(kind, q.RequestID, func() *process.Answer { return s.fn.Invoke(kind, q) })
}

// ServeHTTP implements [http.Handler].
func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	q := &abi.Request{Context: s.context}
	err := s.read(q, r)
	w.Header().Set("X-Fc-Request-Id", q.RequestID)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	event := isInvocation(r.URL.Path)
	if event && r.Method != http.MethodPost {
		w.Header().Set("Allow", http.MethodPost)
		http.Error(w, fmt.Sprintf("the method is %s, want POST", r.Method), http.StatusMethodNotAllowed)
		return
	}
	kind := abi.KindInvoke
	switch {
	case event:
	case s.takesHTTP():
		kind = abi.KindHTTP
		q.HTTP = describe(r)
	default:
		q.Body = triggerEvent(r, q)
	}
	start := time.Now()
	a := process.Logged(abi.KindInvoke, q.RequestID, func() *process.Answer { return s.fn.Invoke(kind, q) })
	w.Header().Set("X-Fc-Invocation-Duration", strconv.FormatInt(time.Since(start).Milliseconds(), 10))
	switch {
	case a.Failure != nil:
		sendFailure(w, a, event)
	case event:
		w.Header().Set("Content-Type", "application/octet-stream")
		_, _ = w.Write(a.Body)
	case kind == abi.KindHTTP:
		sendHTTP(w, a)
	default:
		sendResult(w, a.Body)
	}
}

// read takes the body and the context from a request.
func (s *server) read(q *abi.Request, r *http.Request) error {
	own, err := fcheader.Context(r.Header)
	overlay(&q.Context, &own)
	if q.RequestID == "" {
		q.RequestID = newRequestID()
	}
	if q.Deadline == 0 {
		q.Deadline = time.Now().UnixMilli() + int64(q.Timeout)
	}
	if err != nil {
		return err
	}
	if q.Body, err = io.ReadAll(r.Body); err != nil {
		return fmt.Errorf("reading the body: %w", err)
	}
	return nil
}

// overlay replaces fields of c by those that are set in own.
func overlay(c, own *abi.Context) {
	for _, f := range []struct{ to, from *string }{
		{&c.RequestID, &own.RequestID}, {&c.FunctionName, &own.FunctionName}, {&c.FunctionHandler, &own.FunctionHandler},
		{&c.ServiceName, &own.ServiceName}, {&c.LogProject, &own.LogProject}, {&c.LogStore, &own.LogStore},
		{&c.Qualifier, &own.Qualifier}, {&c.VersionID, &own.VersionID}, {&c.Region, &own.Region},
		{&c.AccountID, &own.AccountID}, {&c.AccessKeyID, &own.AccessKeyID}, {&c.AccessKeySecret, &own.AccessKeySecret},
		{&c.SecurityToken, &own.SecurityToken}, {&c.SpanContext, &own.SpanContext}, {&c.JaegerEndpoint, &own.JaegerEndpoint},
	} {
		if *f.from != "" {
			*f.to = *f.from
		}
	}
	for _, f := range []struct{ to, from *uint32 }{
		{&c.Timeout, &own.Timeout}, {&c.Memory, &own.Memory}, {&c.RetryCount, &own.RetryCount},
	} {
		if *f.from != 0 {
			*f.to = *f.from
		}
	}
	c.Deadline, c.SpanBaggages = own.Deadline, own.SpanBaggages
}

// isInvocation reports whether a path is one for events.
func isInvocation(path string) bool {
	if path == "/invoke" {
		return true
	}
	const before, after = "/2023-03-30/functions/", "/invocations"
	if !strings.HasPrefix(path, before) || !strings.HasSuffix(path, after) || len(path) <= len(before)+len(after) {
		return false
	}
	return !strings.Contains(path[len(before):len(path)-len(after)], "/")
}

// newRequestID makes a request id in the format of FC 3.0.
func newRequestID() string {
	var b [16]byte
	binary.BigEndian.PutUint32(b[:], uint32(time.Now().Unix()))
	if _, err := rand.Read(b[4:]); err != nil {
		return "1-00000000-000000000000000000000000" // no randomness, no difference
	}
	return "1-" + hex.EncodeToString(b[:4]) + "-" + hex.EncodeToString(b[4:])
}
