package native_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/wafer-run/wafer/runner"
)

// TestSlowReader has a client not take a large answer of a program that hands over
// all of it at once: the instance is free for others.
func TestSlowReader(t *testing.T) {
	o, addr := serve(t)
	r := newRig(t)
	r.shared = true
	f := r.load(config("HANDLER", "http").WithMaxInstances(1), pull())
	o.Store(f)
	do(t, f, request("GET", "/", "")) // so that it is known to take requests as they are
	const size = 16 << 20
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	_ = conn.(*net.TCPConn).SetReadBuffer(64 << 10) // or the kernel takes it all
	if _, err := fmt.Fprintf(conn, "POST /?q=a HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n%s", size, strings.Repeat("x", size)); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the function has ended", func() bool { return r.logged("FC Invoke End") == 2 && f.Stats().Busy == 0 })
	if w, _ := do(t, f, request("GET", "/?q=b", "")); w.body.String() != "b|[]|" {
		t.Errorf("another client: %v", w)
	}
	resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if n, err := io.Copy(io.Discard, resp.Body); resp.StatusCode != 203 || n != size+int64(len("a|[]|")) || err != nil {
		t.Errorf("the slow one: %d, %d bytes, %v", resp.StatusCode, n, err)
	}
}

// TestHostileServer has servers answer in ways that no server should: the invocation
// ends, and the instance is as good as before.
func TestHostileServer(t *testing.T) {
	r := newRig(t)
	f := r.load(config(), server())
	_, first := invoke(t, f, "{}")
	if out, _ := invoke(t, f, `{"do":"switch"}`); out != "" {
		t.Errorf("after 101: %q", out)
	}
	w, _ := do(t, f, request("GET", "/switch", ""))
	if w.status != 101 || w.body.Len() > 0 { // the front refuses it
		t.Errorf("after 101: %v", w)
	}
	_, eventErr := f.Invoke(context.Background(), runner.Event{Payload: []byte(`{"do":"heads"}`)})
	_, httpErr := f.InvokeHTTP(context.Background(), request("GET", "/heads", ""), &recorder{})
	for _, err := range []error{eventErr, httpErr} {
		var failed *runner.InvokeError
		if !errors.As(err, &failed) || failed.Kind != runner.BadResponse || !strings.HasPrefix(failed.Message, "the answer's headers have over ") {
			t.Errorf("endless headers: %v", err)
		}
	}
	if _, last := invoke(t, f, "{}"); last.Usage.InstanceID != first.Usage.InstanceID {
		t.Error("the instance was replaced")
	}
}

// TestWordsOfOthers has an event handler fail in the words by which HTTP handlers say
// what they are: clients who can bring that about must not change what others get.
func TestWordsOfOthers(t *testing.T) {
	const words = `{"do":"fail","text":"no httpParams found in request"}`
	for _, first := range []bool{true, false} { // the first call of all, and a later one
		r := newRig(t)
		f := r.load(config(), pull())
		if !first {
			invoke(t, f, `{"do":"count"}`)
		}
		if _, err := f.Invoke(context.Background(), runner.Event{Payload: []byte(words)}); err == nil {
			t.Error("it did not fail")
		}
		if first {
			invoke(t, f, `{"do":"count"}`) // shows what the program is
		}
		if w, _ := do(t, f, request("GET", "/path", "")); w.status != 201 || !w.has("X-Path: /path") {
			t.Errorf("first %v: a request is answered by %v", first, w)
		}
	}
}

// TestFirstRequestsAtOnce has an HTTP handler called by several clients before it is
// known to be one: each has its answer, whoever finds out first.
func TestFirstRequestsAtOnce(t *testing.T) {
	r := newRig(t)
	f := r.load(config("HANDLER", "http").WithConcurrency(8), pull())
	var clients sync.WaitGroup
	for range 8 {
		clients.Go(func() {
			w := &recorder{}
			if _, err := f.InvokeHTTP(context.Background(), request("GET", "/?q=x", ""), w); err != nil || w.status != 203 {
				t.Errorf("%v, error %v", w, err)
			}
		})
	}
	clients.Wait()
}
