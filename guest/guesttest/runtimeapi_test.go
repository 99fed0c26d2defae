package guesttest

import (
	"context"
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"sort"
	"strings"
	"sync"
	"testing"
	"time"
)

// delivery is one invocation that the runtime API hands out.
type delivery struct {
	header map[string]string
	body   string
}

// request is one that the process made.
type request struct {
	method, path, body string
	header             http.Header
}

// String returns the request as it is kept in golden files.
func (r request) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s\n", r.method, r.path)
	var names []string
	for name := range r.header {
		names = append(names, name)
	}
	sort.Strings(names)
	for _, name := range names {
		value := strings.ReplaceAll(strings.Join(r.header[name], ", "), runtime.Version(), "GO")
		if doc, err := base64.StdEncoding.DecodeString(value); err == nil && name == "X-Fc-Http-Params" {
			value = "base64 of " + httpDates.ReplaceAllString(string(doc), "DATE")
		}
		fmt.Fprintf(&b, "%s: %s\n", name, value)
	}
	fmt.Fprintf(&b, "\n%s\n", r.body)
	return b.String()
}

// runtimeAPI is FC's runtime API as its documents have it. It keeps what it is
// asked and told.
type runtimeAPI struct {
	*httptest.Server
	queue chan delivery
	posts chan request
	nexts chan request

	mu     sync.Mutex
	status map[string]int // what to answer requests with, by method; 200 unless set
}

func newRuntimeAPI(t *testing.T) *runtimeAPI {
	t.Helper()
	api := &runtimeAPI{
		queue: make(chan delivery, 100), posts: make(chan request, 100), nexts: make(chan request, 10_000),
		status: map[string]int{},
	}
	api.Server = httptest.NewServer(api)
	t.Cleanup(func() { api.CloseClientConnections(); api.Close() })
	return api
}

func (api *runtimeAPI) answerWith(method string, status int) {
	api.mu.Lock()
	defer api.mu.Unlock()
	api.status[method] = status
}

func (api *runtimeAPI) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	got := request{r.Method, r.URL.RequestURI(), string(body), r.Header}
	api.mu.Lock()
	status := api.status[r.Method]
	api.mu.Unlock()
	if r.Method == http.MethodPost {
		api.posts <- got
		if status != 0 {
			w.WriteHeader(status)
		}
		return
	}
	api.nexts <- got
	if status != 0 {
		w.WriteHeader(status)
		return
	}
	select {
	case d := <-api.queue:
		for name, value := range d.header {
			w.Header().Set(name, value)
		}
		_, _ = io.WriteString(w, d.body) // an error means that the process is gone
	case <-r.Context().Done():
	}
}

// program is a native process under test. Its output goes to files, where
// everything is that it wrote before it answered.
type program struct {
	t      *testing.T
	cmd    *exec.Cmd
	dir    string
	exited chan struct{}
	read   [2]int // how much of each output was taken
}

// programs is the directory of the native program that tests execute.
var programs string

// TestMain keeps the native program for all tests.
func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "wafer-native-function-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	programs = dir
	code := m.Run()
	_ = os.RemoveAll(dir)
	os.Exit(code)
}

var buildFunction sync.Once

// nativeFunction returns the path of testdata/function as a native program. The
// go command has written it: a program that the test itself had open for
// writing could not be executed while another test's child has that file too.
func nativeFunction(t *testing.T) string {
	t.Helper()
	path := filepath.Join(programs, "function")
	buildFunction.Do(func() {
		goTool(t, ".", []string{"CGO_ENABLED=0"}, "build", "-trimpath", "-o", path, "./testdata/function")
	})
	if _, err := os.Stat(path); err != nil {
		t.Fatal(err) // another test could not build it
	}
	return path
}

// startProgram starts the function with only these environment variables.
func startProgram(t *testing.T, env ...string) *program {
	t.Helper()
	p := &program{t: t, dir: t.TempDir(), exited: make(chan struct{})}
	p.cmd = exec.CommandContext(context.Background(), nativeFunction(t))
	p.cmd.Env = env
	for i, to := range []*io.Writer{&p.cmd.Stdout, &p.cmd.Stderr} {
		file, err := os.Create(p.output(i))
		if err != nil {
			t.Fatal(err)
		}
		defer file.Close()
		*to = file
	}
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		_ = p.cmd.Wait() // tests look at ProcessState
		close(p.exited)
	}()
	t.Cleanup(func() {
		_ = p.cmd.Process.Kill()
		<-p.exited
	})
	return p
}

func (p *program) output(i int) string {
	return filepath.Join(p.dir, []string{"stdout", "stderr"}[i])
}

// take returns what the program printed on stdout (0) or stderr (1) since the
// last call, without dates.
func (p *program) take(i int) string {
	p.t.Helper()
	text, err := os.ReadFile(p.output(i))
	if err != nil {
		p.t.Fatal(err)
	}
	fresh := text[p.read[i]:]
	p.read[i] = len(text)
	return dates.ReplaceAllString(string(fresh), "DATE")
}

var httpDates = regexp.MustCompile(`\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT`)

var dates = regexp.MustCompile(`(?m)^\d{4}/\d\d/\d\d \d\d:\d\d:\d\d\.\d{6}`)

// wait waits for the program to end by itself, and returns its exit code.
func (p *program) wait() int {
	p.t.Helper()
	select {
	case <-p.exited:
	case <-time.After(time.Minute):
		p.t.Fatal("the program does not end")
	}
	return p.cmd.ProcessState.ExitCode()
}

// await returns the next element, or fails the test when none comes.
func await[T any](t *testing.T, from <-chan T) T {
	t.Helper()
	select {
	case v := <-from:
		return v
	case <-time.After(time.Minute):
		t.Fatal("nothing came for a minute")
		panic("unreachable")
	}
}
