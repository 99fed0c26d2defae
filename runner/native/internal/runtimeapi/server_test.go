package runtimeapi_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/wafer-run/wafer/abi"
	"github.com/wafer-run/wafer/runner/native/internal/runtimeapi"
)

const base = "/2020-11-11/runtime/invocation/"

// api is a server and a process that talks to it.
type api struct {
	*runtimeapi.Server
	t    *testing.T
	addr string
	http *http.Client
}

func open(t *testing.T) *api {
	t.Helper()
	before := runtime.NumGoroutine()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	transport := &http.Transport{}
	a := &api{t: t, addr: ln.Addr().String(), Server: runtimeapi.Serve(ln, 8), http: &http.Client{Transport: transport, Timeout: 20 * time.Second}}
	t.Cleanup(func() {
		transport.CloseIdleConnections()
		a.Close()
		for range 500 {
			if runtime.NumGoroutine() <= before {
				return
			}
			time.Sleep(10 * time.Millisecond)
		}
		t.Errorf("%d goroutines, %d before", runtime.NumGoroutine(), before)
	})
	return a
}

func (a *api) do(ctx context.Context, method, path, body string, header ...string) (int, http.Header, string, error) {
	req, err := http.NewRequestWithContext(ctx, method, "http://"+a.addr+path, strings.NewReader(body))
	if err != nil {
		return 0, nil, "", err
	}
	for i := 0; i < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	resp, err := a.http.Do(req)
	if err != nil {
		return 0, nil, "", err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	return resp.StatusCode, resp.Header, string(text), err
}

func (a *api) must(method, path, body string, header ...string) (int, http.Header, string) {
	a.t.Helper()
	status, h, text, err := a.do(context.Background(), method, path, body, header...)
	if err != nil {
		a.t.Fatal(err)
	}
	return status, h, text
}

func TestAnswers(t *testing.T) {
	a := open(t)
	select {
	case <-a.Ready():
		t.Error("ready before anybody asked")
	default:
	}
	p := a.Send(runtimeapi.Invocation{ID: "one", Header: []abi.Pair{{Key: "X-Fc-Region", Value: "r"}}, Body: []byte("event"), Limit: 10})
	status, h, body := a.must("GET", base+"next", "", "User-Agent", "me/1")
	if status != 200 || body != "event" || h.Get("X-Fc-Request-Id") != "one" || h.Get("X-Fc-Region") != "r" || h.Get("Content-Encoding") != "" {
		t.Errorf("next: %d %v %q", status, h, body)
	}
	<-a.Ready()
	if a.Agent() != "me/1" {
		t.Errorf("agent %q", a.Agent())
	}
	if status, _, _ := a.must("POST", base+"one/response", "result", "X-Fc-Http-Params", "params"); status != 200 {
		t.Errorf("response: %d", status)
	}
	if d := cmp.Diff(runtimeapi.Answer{Body: []byte("result"), Params: "params"}, <-p.Answer()); d != "" {
		t.Errorf("answer (-want +got):\n%s", d)
	}
	p = a.Send(runtimeapi.Invocation{ID: "two", Limit: 10})
	a.must("GET", base+"next", "")
	if status, _, _ := a.must("POST", base+"two/error", "failure", "X-Fc-Http-Params", "params"); status != 200 {
		t.Errorf("error: %d", status)
	}
	if d := cmp.Diff(runtimeapi.Answer{Failed: true, Body: []byte("failure")}, <-p.Answer()); d != "" {
		t.Errorf("answer (-want +got):\n%s", d)
	}
}

// TestRefused covers requests that the API has no answer to.
func TestRefused(t *testing.T) {
	a := open(t)
	running := a.Send(runtimeapi.Invocation{ID: "running", Limit: 10})
	a.must("GET", base+"next", "")
	a.Send(runtimeapi.Invocation{ID: "waiting", Limit: 10})
	over := a.Send(runtimeapi.Invocation{ID: "over", Limit: 10})
	over.Forget()
	for _, c := range []struct {
		method, path string
		status       int
		text         string
	}{
		{"GET", "/", 404, "runtime API: there is no /, only " + base + "\n"},
		{"GET", "/2018-06-01/runtime/invocation/next", 404, "runtime API: there is no /2018-06-01/runtime/invocation/next, only " + base + "\n"},
		{"POST", base + "next", 405, "runtime API: POST next, want GET\n"},
		{"GET", base + "running/response", 405, "runtime API: GET response, want POST\n"},
		{"PUT", base + "running/error", 405, "runtime API: PUT error, want POST\n"},
		{"POST", base + "running/answer", 404, "runtime API: there is no running/answer, only next, {id}/response and {id}/error\n"},
		{"POST", base + "waiting/response", 404, "runtime API: no invocation \"waiting\" is running\n"},
		{"POST", base + "over/response", 404, "runtime API: no invocation \"over\" is running\n"},
		{"POST", base + "/response", 404, "runtime API: no invocation \"\" is running\n"},
		{"POST", base + "running/response", 200, ""},
		{"POST", base + "running/response", 404, "runtime API: no invocation \"running\" is running\n"},
	} {
		status, _, text := a.must(c.method, c.path, "")
		if status != c.status || text != c.text {
			t.Errorf("%s %s: %d %q", c.method, c.path, status, text)
		}
	}
	<-running.Answer()
	if _, h, _ := a.must("GET", base+"next", ""); h.Get("X-Fc-Request-Id") != "waiting" {
		t.Errorf("next is %q", h.Get("X-Fc-Request-Id"))
	}
}

// TestTooLarge sends answers over the limit, with and without their length.
func TestTooLarge(t *testing.T) {
	a := open(t)
	for _, chunked := range []bool{false, true} {
		p := a.Send(runtimeapi.Invocation{ID: "id", Limit: 10})
		a.must("GET", base+"next", "")
		conn, err := net.Dial("tcp", a.addr)
		if err != nil {
			t.Fatal(err)
		}
		length, want := "Content-Length: 1000", 1000
		body := strings.Repeat("x", 1000)
		if chunked {
			length, want = "Transfer-Encoding: chunked", 11
			body = fmt.Sprintf("%x\r\n%s\r\n0\r\n\r\n", len(body), body)
		}
		_, _ = fmt.Fprintf(conn, "POST %sid/response HTTP/1.1\r\nHost: x\r\n%s\r\n\r\n%s", base, length, body)
		resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
		if err != nil || resp.StatusCode != 413 {
			t.Errorf("chunked %v: %v, %v", chunked, resp, err)
		} else {
			resp.Body.Close()
		}
		_ = conn.Close()
		if d := cmp.Diff(runtimeapi.Answer{Overflow: want}, <-p.Answer()); d != "" {
			t.Errorf("chunked %v: answer (-want +got):\n%s", chunked, d)
		}
	}
}

// TestBrokenAnswer breaks the connection in the middle of an answer. The process
// may try again.
func TestBrokenAnswer(t *testing.T) {
	a := open(t)
	p := a.Send(runtimeapi.Invocation{ID: "id", Limit: 100})
	a.must("GET", base+"next", "")
	conn, err := net.Dial("tcp", a.addr)
	if err != nil {
		t.Fatal(err)
	}
	_, _ = fmt.Fprintf(conn, "POST %sid/response HTTP/1.1\r\nHost: x\r\nContent-Length: 50\r\n\r\nhalf", base)
	_ = conn.Close()
	if status, _, _ := a.must("POST", base+"id/response", "whole"); status != 200 {
		t.Errorf("trying again: %d", status)
	}
	if got := <-p.Answer(); string(got.Body) != "whole" {
		t.Errorf("answer %+v", got)
	}
}

// TestLostPoll gives up requests for invocations: what comes goes to those who
// still want it.
func TestLostPoll(t *testing.T) {
	a := open(t)
	before := runtime.NumGoroutine()
	for i := range 50 {
		ctx, cancel := context.WithCancel(context.Background())
		lost := make(chan struct{})
		go func() {
			defer close(lost)
			_, _, _, _ = a.do(ctx, "GET", base+"next", "")
		}()
		if i%2 == 0 {
			time.Sleep(time.Millisecond)
		}
		cancel()
		<-lost
	}
	for range 1000 { // until the server has heard of it
		if runtime.NumGoroutine() <= before {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	p := a.Send(runtimeapi.Invocation{ID: "id", Limit: 100})
	if _, h, _ := a.must("GET", base+"next", ""); h.Get("X-Fc-Request-Id") != "id" {
		t.Errorf("next is %q", h.Get("X-Fc-Request-Id"))
	}
	a.must("POST", base+"id/response", "")
	<-p.Answer()
}

// TestHammer has many invocations answered by many loops at once, in any order.
// Run it with -race.
func TestHammer(t *testing.T) {
	a := open(t)
	stop, cancel := context.WithCancel(context.Background())
	var loops, senders sync.WaitGroup
	for range 8 {
		loops.Go(func() {
			for stop.Err() == nil {
				_, h, body, err := a.do(stop, "GET", base+"next", "")
				if err != nil {
					continue
				}
				if status, _, _, err := a.do(context.Background(), "POST", base+h.Get("X-Fc-Request-Id")+"/response", body); err != nil || status != 200 && status != 404 {
					t.Errorf("response: %d, %v", status, err)
				}
			}
		})
	}
	for g := range 8 {
		senders.Go(func() {
			for i := range 50 {
				id := fmt.Sprintf("%d-%d", g, i)
				p := a.Send(runtimeapi.Invocation{ID: id, Body: []byte(id), Limit: 100})
				if i%10 == 9 {
					p.Forget()
					continue
				}
				if got := <-p.Answer(); string(got.Body) != id {
					t.Errorf("%s is answered %q", id, got.Body)
				}
			}
		})
	}
	senders.Wait()
	cancel()
	loops.Wait()
}
