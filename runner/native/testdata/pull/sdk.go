package main

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"reflect"
	"runtime"
	"strconv"
	"time"
)

// sdk behaves on the wire, in its log and in its exit codes like the FC Go SDK:
// that one cannot be had from a module proxy.
type sdk struct {
	base  string
	http  http.Client
	event func(context.Context, []byte) ([]byte, error)
	web   func(context.Context, *response, *http.Request) error // nil for event handlers
	hooks map[int]func(context.Context)
}

// response collects an HTTP answer.
type response struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (w *response) Header() http.Header { return w.header }

func (w *response) WriteHeader(status int) {
	if w.status == 0 {
		w.status = status
	}
}

func (w *response) Write(b []byte) (int, error) {
	w.WriteHeader(200)
	return w.body.Write(b)
}

// invocation is what the headers of next say.
type invocation struct {
	id       string
	deadline time.Time
	timeout  int
	kind     int
	retries  int
	header   http.Header
	body     []byte
}

type key struct{}

func (s *sdk) run() {
	api := os.Getenv("FC_RUNTIME_API")
	if api == "" {
		log.Fatal("expected ali FC environment variables [FC_RUNTIME_API] are not defined")
	}
	s.base = "http://" + api + "/2020-11-11/runtime/invocation/"
	for {
		inv, err := s.next()
		if err != nil {
			log.Printf("failed to get invoke request due to %v", err)
			continue // at once
		}
		go func() {
			if err := s.handle(inv); err != nil {
				log.Printf("failed to invoke function due to %v", err)
			}
		}()
	}
}

func (s *sdk) do(method, path, contentType, params string, body []byte) (http.Header, []byte, error) {
	req, err := http.NewRequest(method, s.base+path, bytes.NewReader(body))
	if err != nil {
		return nil, nil, fmt.Errorf("failed to construct %s request to %s: %w", method, s.base+path, err)
	}
	req.Header.Set("User-Agent", "aliyun-fc-go/"+runtime.Version())
	if contentType != "" {
		req.Header.Set("Content-Type", contentType)
	}
	if params != "" {
		req.Header.Set("x-fc-http-params", params)
	}
	resp, err := s.http.Do(req)
	if err != nil {
		return nil, nil, fmt.Errorf("failed to %s %s: %w", method, s.base+path, err)
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	if err != nil {
		return nil, nil, err
	}
	if resp.StatusCode != http.StatusOK {
		return nil, nil, fmt.Errorf("failed to %s %s: got unexpected status code: %d", method, s.base+path, resp.StatusCode)
	}
	return resp.Header, answer, nil
}

func (s *sdk) next() (*invocation, error) {
	header, body, err := s.do(http.MethodGet, "next", "", "", nil)
	if err != nil {
		return nil, err
	}
	return &invocation{id: header.Get("x-fc-request-id"), header: header, body: body}, nil
}

// parse reads the headers without which the SDK posts nothing at all.
func (inv *invocation) parse() error {
	ms, err := strconv.ParseInt(inv.header.Get("x-fc-function-deadline"), 10, 64)
	if err != nil {
		return errors.New("failed to parse contents of header: x-fc-function-deadline")
	}
	inv.deadline = time.UnixMilli(ms).UTC()
	if inv.timeout, err = strconv.Atoi(inv.header.Get("x-fc-function-timeout")); err != nil {
		return errors.New("failed to parse contents of header: x-fc-function-timeout")
	}
	if v := inv.header.Get("x-fc-retry-count"); v != "" {
		if inv.retries, err = strconv.Atoi(v); err != nil {
			return errors.New("failed to parse contents of header: x-fc-function-timeout")
		}
	}
	inv.kind, _ = strconv.Atoi(inv.header.Get("x-fc-function-type"))
	if inv.kind < 0 || inv.kind > 3 {
		inv.kind = 0
	}
	return nil
}

var phases = [...]string{"Invoke", "Initialize", "PreStop", "PreFreeze"}

func (s *sdk) handle(inv *invocation) error {
	if os.Getenv("BAD_HEADERS") != "" {
		inv.header.Del("x-fc-function-deadline")
	}
	if err := inv.parse(); err != nil {
		return fmt.Errorf("unexpected error occurred when parsing the invoke: %w", err)
	}
	fmt.Printf("FC %s Start RequestId: %s\n", phases[inv.kind], inv.id)
	body, params, failure, panicked := s.call(inv)
	suffix := ""
	if failure != nil {
		text, _ := json.MarshalIndent(failure, "", " ")
		log.Printf(" %s [ERROR] %s", inv.id, text)
		suffix = ", Error: Unhandled function error"
	}
	fmt.Printf("FC %s End RequestId: %s%s\n", phases[inv.kind], inv.id, suffix)
	if failure != nil {
		doc, _ := json.Marshal(failure)
		if _, _, err := s.do(http.MethodPost, inv.id+"/error", "application/json", "", doc); err != nil {
			return fmt.Errorf("unexpected error occurred when sending the function functionError to the API: %w", err)
		}
		if panicked {
			return errors.New("calling the handler function resulted in a panic, the process should exit")
		}
		return nil
	}
	if body == nil && inv.kind == 0 && s.web == nil {
		body = []byte("null")
	}
	if _, _, err := s.do(http.MethodPost, inv.id+"/response", "application/json", params, body); err != nil {
		return fmt.Errorf("unexpected error occurred when sending the function functionResponse to the API: %w", err)
	}
	return nil
}

type failure struct {
	Message string  `json:"errorMessage"`
	Type    string  `json:"errorType"`
	Stack   []frame `json:"stackTrace,omitempty"`
}

type frame struct {
	Path  string `json:"path"`
	Line  int32  `json:"line"`
	Label string `json:"label"`
}

func typeName(v any) string {
	t := reflect.TypeOf(v)
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	return t.Name()
}

func (s *sdk) call(inv *invocation) (body []byte, params string, failed *failure, panicked bool) {
	defer func() {
		if p := recover(); p != nil {
			failed = &failure{Message: fmt.Sprint(p), Type: typeName(p), Stack: []frame{{Path: "fc/panic.go", Line: 30, Label: "fcPanicResponse"}}}
			panicked = true
		}
	}()
	ctx, cancel := context.WithDeadline(context.WithValue(context.Background(), key{}, inv), inv.deadline)
	defer cancel()
	if inv.kind != 0 {
		hook := s.hooks[inv.kind]
		if hook == nil {
			panic(errors.New("no " + map[int]string{1: "initializer", 2: "prestop", 3: "prefreeze"}[inv.kind] + " handler registered"))
		}
		hook(ctx)
		return nil, "", nil, false
	}
	var err error
	if s.web == nil {
		body, err = s.event(ctx, inv.body)
	} else {
		body, params, err = s.serve(ctx, inv)
	}
	if err != nil {
		return nil, "", &failure{Message: err.Error(), Type: typeName(err)}, false
	}
	return body, params, nil, false
}

// serve is what the SDK makes of x-fc-http-params.
func (s *sdk) serve(ctx context.Context, inv *invocation) ([]byte, string, error) {
	text := inv.header.Get("x-fc-http-params")
	if text == "" {
		return nil, "", errors.New("no httpParams found in request")
	}
	doc, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return nil, "", err
	}
	var p struct {
		Path, Method, RequestURI, ClientIP, Host string
		QueriesMap, HeadersMap                   map[string][]string
	}
	if err := json.Unmarshal(doc, &p); err != nil {
		return nil, "", err
	}
	req, err := http.NewRequest(p.Method, p.RequestURI, bytes.NewReader(inv.body))
	if err != nil {
		return nil, "", err
	}
	req.URL.Path, req.URL.Host = p.Path, p.Host
	req.RemoteAddr, req.Host = p.ClientIP, p.ClientIP
	req.Header, req.RequestURI = p.HeadersMap, p.RequestURI
	w := &response{header: http.Header{}}
	if err := s.web(ctx, w, req); err != nil {
		return nil, "", err
	}
	head, err := json.Marshal(map[string]any{"status": w.status, "headersMap": w.header})
	if err != nil {
		return nil, "", err
	}
	return w.body.Bytes(), base64.StdEncoding.EncodeToString(head), nil
}
