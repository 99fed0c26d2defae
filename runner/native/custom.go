package native

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/wafer-run/wafer/abi"
	"github.com/wafer-run/wafer/runner"
	"github.com/wafer-run/wafer/runner/native/internal/caport"
)

// custom is the driver of servers.
type custom struct {
	in     *instance
	port   int
	client *caport.Client
}

func newCustom(in *instance) (*custom, error) {
	p := &in.f.program
	c := &custom{in: in, port: p.Port}
	if !in.network.Own() {
		var err error
		if c.port, err = in.f.hostPort(); err != nil {
			return nil, err
		}
	}
	c.client = caport.New(c.port, in.network.Dial)
	return c, nil
}

// hostPort chooses a port of the host: a free one, or the server's if it is.
func (f *Function) hostPort() (int, error) {
	if f.program.FreePort {
		return probe(0)
	}
	port, err := probe(f.program.Port)
	if errors.Is(err, syscall.EADDRINUSE) {
		err = &PortError{Port: f.program.Port, Function: fullName(f.cfg), Holder: "another program"}
	}
	return port, err
}

func (c *custom) environment() map[string]string {
	port := strconv.Itoa(c.port)
	return map[string]string{"FC_SERVER_PORT": port, "FC_CUSTOM_LISTEN_PORT": port}
}

// hooks implements driver: a server announces none.
func (c *custom) hooks() hooks { return hooks{} }

// close implements driver.
func (c *custom) close() { c.client.Close() }

// ready implements driver: first the port, then the health check.
func (c *custom) ready(ctx context.Context) error {
	began := time.Now()
	for {
		err := c.client.Probe(ctx)
		if err == nil {
			break
		}
		if err := sleep(ctx, caport.ProbeInterval(time.Since(began))); err != nil {
			c.explain()
			return err
		}
	}
	h := c.in.f.program.HealthCheck
	if h == nil {
		return nil
	}
	if err := sleep(ctx, h.InitialDelay); err != nil {
		return err
	}
	for good, bad := 0, 0; ; {
		if c.in.healthy(h) {
			good, bad = good+1, 0
		} else {
			good, bad = 0, bad+1
		}
		switch {
		case good >= h.SuccessThreshold:
			return nil
		case bad >= h.FailureThreshold:
			return errUnhealthy
		}
		if err := sleep(ctx, h.Period); err != nil {
			return err
		}
	}
}

// explain tells in the log why a server may not be reached.
func (c *custom) explain() {
	address := "127.0.0.1:" + strconv.Itoa(c.port)
	listens := c.listens(address)
	stamped, has := handlerOf(c.in.f.command().path)
	switch {
	// A handler that wafer built serves itself where there is no runtime API.
	case stamped, has && !listens:
		c.in.log.Note("wafer: the program is a handler of the FC Go SDK, which asks for its invocations and is for the runtime go1 (--runtime go1)")
	case listens:
		c.in.log.Note(fmt.Sprintf("wafer: the server listens on %s only, want 0.0.0.0:%d", address, c.port))
	}
}

// listens reports whether the program does at an address as it sees it.
func (c *custom) listens(address string) bool {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	conn, err := c.in.network.Dial(ctx, "tcp", address)
	if err != nil {
		return false
	}
	_ = conn.Close()
	return true
}

// healthy makes one health check.
func (in *instance) healthy(h *HealthCheck) bool {
	c, ok := in.driver.(*custom)
	if !ok {
		return true
	}
	ctx, cancel := context.WithTimeout(in.f.life, h.Timeout)
	defer cancel()
	return c.client.Check(ctx, h.Path) == nil
}

func sleep(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Paths of FC's contract, by part.
var paths = [...]struct{ method, path string }{
	handler:     {http.MethodPost, "/invoke"},
	initializer: {http.MethodPost, "/initialize"},
	preStop:     {http.MethodGet, "/pre-stop"},
	preFreeze:   {http.MethodGet, "/pre-freeze"},
}

// platform returns FC's headers of a call.
func (c *custom) platform(call *call, controlPath string) []abi.Pair {
	return append(c.in.f.contextOf(call),
		abi.Pair{Key: "x-fc-request-id", Value: call.ev.RequestID},
		abi.Pair{Key: "x-fc-control-path", Value: controlPath})
}

// invoke implements driver.
func (c *custom) invoke(ctx context.Context, call *call) ([]byte, error) {
	way := paths[call.part]
	q := &caport.Request{Method: way.method, URI: way.path, Platform: c.platform(call, way.path)}
	if call.part == handler {
		q.Headers = []abi.Pair{{Key: "Content-Type", Value: "application/octet-stream"}}
		q.Body = call.ev.Payload
	}
	resp, err := c.client.Do(ctx, q)
	if err != nil {
		return nil, c.broken(ctx, err)
	}
	defer resp.Body.Close()
	body, err := c.read(ctx, resp)
	switch {
	case err != nil:
		return nil, err
	case call.part == handler && !reportsFailure(resp):
		return body, nil // status and headers are nobody's business
	case call.part != handler && resp.StatusCode/100 == 2 && !reportsFailure(resp):
		return nil, nil
	}
	failure := parseFailure(body)
	if failure.Message == "" {
		failure.Message = fmt.Sprintf("%s %s: status %d, x-fc-status %q", way.method, way.path, resp.StatusCode, resp.Header.Get("X-Fc-Status"))
	}
	return nil, failure
}

// reportsFailure reports whether a server says that the function failed.
func reportsFailure(resp *http.Response) bool { return resp.Header.Get("X-Fc-Status") == "404" }

// read reads a result.
func (c *custom) read(ctx context.Context, resp *http.Response) ([]byte, error) {
	limit := c.in.f.cfg.MaxPayload()
	if resp.ContentLength > int64(limit) {
		return nil, tooLarge(int(resp.ContentLength), limit)
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, int64(limit)+1))
	switch {
	case err != nil:
		return nil, c.broken(ctx, err)
	case len(body) > limit:
		return nil, tooLarge(len(body), limit)
	}
	return body, nil
}

// exitGrace is how long a broken connection may be older than the news that the
// process has ended. The kernel closes a process's connections first; then its
// whole tree ends, which takes milliseconds, and more on a busy machine. Whoever
// waits longer only waits to hear that a handler panicked.
const exitGrace = 100 * time.Millisecond

// broken finds out why a request has no answer.
func (c *custom) broken(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	if errors.Is(err, caport.ErrHead) {
		return &responseError{message: strings.TrimPrefix(caport.ErrHead.Error(), "caport: "), err: err}
	}
	timer := time.NewTimer(exitGrace)
	defer timer.Stop()
	select {
	case <-c.in.proc.Done():
		return errors.Join(errExited, err)
	case <-timer.C: // the server lives
	case <-ctx.Done():
	}
	return errors.Join(errHungUp, err)
}

// invokeHTTP passes a request of an HTTP trigger on, and the answer back as it
// comes.
func (c *custom) invokeHTTP(ctx context.Context, call *call, req *runner.HTTPRequest, w runner.HTTPWriter) error {
	q := &caport.Request{
		Method: req.Method, URI: req.URI, Host: req.Host, Headers: req.Headers, Body: req.Payload,
		Platform: c.platform(call, "/http-invoke"),
	}
	resp, err := c.client.Do(ctx, q)
	if err != nil {
		return c.broken(ctx, err)
	}
	defer resp.Body.Close()
	if w.WriteHead(resp.StatusCode, headersOf(resp), resp.ContentLength) != nil {
		return ctx.Err() // the writer knows best what else is wrong
	}
	buf := make([]byte, 32<<10)
	for {
		n, err := resp.Body.Read(buf)
		if n > 0 {
			if _, werr := w.Write(buf[:n]); werr != nil {
				return ctx.Err()
			}
		}
		switch {
		case errors.Is(err, io.EOF) && reportsFailure(resp):
			return errReported
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return c.broken(ctx, err)
		}
	}
}

// errReported says that a server answered, and said that the function failed.
var errReported = errors.New("native: the server reported a failure")
