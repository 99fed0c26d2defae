package contender

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/valyala/fasthttp"

	"github.com/wafer-run/wafer/bench/internal/workload"
)

const (
	startTime   = 2 * time.Minute // until a contender must have answered; some compile first
	requestTime = 30 * time.Second
	stopTime    = 10 * time.Second
)

// Endpoint is a contender that runs. Its Do is safe for concurrent use.
type Endpoint struct {
	// Begun is when its process was started, and First how long it took from
	// then on until the first answer had arrived.
	Begun time.Time
	First time.Duration

	work   *workload.Workload
	method string
	url    string
	client fasthttp.HostClient
	cmd    *exec.Cmd
	said   tail
	died   chan struct{}
	undo   []func()
}

// command is a program that serves a handler once it runs.
type command struct {
	path string
	args []string
	env  []string
	addr string // host:port it listens on
	// requestPath is where the handler is.
	requestPath string
	method      string // "" means the workload's, or POST
}

// launch starts a program and waits for its first answer.
func launch(ctx context.Context, w *workload.Workload, c command) (*Endpoint, error) {
	e := &Endpoint{work: w, method: c.method, died: make(chan struct{}), url: "http://" + c.addr + c.requestPath}
	if e.method == "" {
		e.method = "POST"
		if w.Kind == workload.HTTP {
			e.method = w.Method
		}
	}
	e.client = fasthttp.HostClient{
		Addr: c.addr, MaxConns: 4096, ReadTimeout: requestTime, WriteTimeout: requestTime, MaxIdleConnDuration: time.Minute,
		NoDefaultUserAgentHeader: true, MaxIdemponentCallAttempts: 1,
	}
	e.cmd = exec.Command(c.path, c.args...)
	e.cmd.Env = append(os.Environ(), c.env...)
	e.cmd.Stdout, e.cmd.Stderr = &e.said, &e.said
	e.cmd.WaitDelay = stopTime // what it has started may hold its output open
	e.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	e.Begun = time.Now()
	if err := e.cmd.Start(); err != nil {
		return nil, fmt.Errorf("contender: starting %s: %w", c.path, err)
	}
	go func() {
		_ = e.cmd.Wait() // how it ends is seen by what it answers
		close(e.died)
	}()
	if err := e.await(ctx); err != nil {
		_ = e.Close()
		return nil, err
	}
	e.First = time.Since(e.Begun)
	return e, nil
}

// await asks until there is an answer. It asks often: how long a start takes is
// one of the things that get measured.
func (e *Endpoint) await(ctx context.Context) error {
	deadline := time.Now().Add(startTime)
	for {
		conn, err := net.DialTimeout("tcp", e.client.Addr, time.Second)
		if err == nil {
			_ = conn.Close()
			err = e.Do(ctx, 0)
		}
		if err == nil {
			return nil
		}
		select {
		case <-e.died:
			return fmt.Errorf("contender: %s ended before it answered: %s", e.cmd.Path, &e.said)
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(200 * time.Microsecond):
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("contender: %s has not answered after %v: %w: %s", e.cmd.Path, startTime, err, &e.said)
		}
	}
}

// Do sends the workload's request once and checks the answer.
func (e *Endpoint) Do(context.Context, int) error {
	_, err := e.Ask()
	return err
}

// Ask does what Do does, and says which instance has answered, where the
// contender says so.
func (e *Endpoint) Ask() (instance string, err error) {
	req, resp := fasthttp.AcquireRequest(), fasthttp.AcquireResponse()
	defer fasthttp.ReleaseRequest(req)
	defer fasthttp.ReleaseResponse(resp)
	req.SetRequestURI(e.url)
	req.Header.SetMethod(e.method)
	req.SetBodyRaw(e.work.Body)
	err = e.client.Do(req, resp)
	if errors.Is(err, fasthttp.ErrConnectionClosed) { // it was idle for too long for the server, and so are others
		e.client.CloseIdleConnections()
		err = e.client.Do(req, resp)
	}
	if err != nil {
		return "", fmt.Errorf("contender: asking %s: %w", e.url, err)
	}
	if s := resp.StatusCode(); s != 200 {
		return "", fmt.Errorf("contender: %s answered %d: %.300s", e.url, s, resp.Body())
	}
	return string(resp.Header.Peek("X-Fc-Instance-Id")), e.work.Check(resp.Body())
}

// PID returns its process's id.
func (e *Endpoint) PID() int { return e.cmd.Process.Pid }

// Close ends it, and waits for that.
func (e *Endpoint) Close() error {
	e.client.CloseIdleConnections()
	_ = syscall.Kill(-e.PID(), syscall.SIGTERM) // it may have ended already
	var err error
	select {
	case <-e.died:
	case <-time.After(stopTime):
		err = fmt.Errorf("contender: %s does not end", e.cmd.Path)
	}
	_ = syscall.Kill(-e.PID(), syscall.SIGKILL) // what it has left behind
	<-e.died
	for _, undo := range e.undo {
		undo()
	}
	return err
}

// tail keeps the end of what a program prints.
type tail struct {
	mu   sync.Mutex
	text []byte
}

var _ io.Writer = (*tail)(nil)

func (t *tail) Write(b []byte) (int, error) {
	const most = 4 << 10
	t.mu.Lock()
	defer t.mu.Unlock()
	t.text = append(t.text, b...)
	if n := len(t.text) - most; n > 0 {
		t.text = append(t.text[:0], t.text[n:]...)
	}
	return len(b), nil
}

func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return strings.TrimSpace(string(t.text))
}

// freeAddr returns an address on the loopback interface that nobody uses.
func freeAddr() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", fmt.Errorf("contender: finding a port: %w", err)
	}
	return l.Addr().String(), errors.Join(l.Close())
}
