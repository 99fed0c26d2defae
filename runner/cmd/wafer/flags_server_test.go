package main

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/wafer-run/wafer/runner"
	"github.com/wafer-run/wafer/runner/internal/certificate/certificatetest"
	"github.com/wafer-run/wafer/runner/internal/front"
)

// slow is a function that answers when it is let.
type slow struct{ inside, goOn chan struct{} }

func (slow) HandlesHTTP() bool             { return false }
func (slow) Config() runner.FunctionConfig { return runner.NewFunctionConfig("slow") }
func (f slow) Invoke(ctx context.Context, _ runner.Event) (*runner.Result, error) {
	f.inside <- struct{}{}
	select {
	case <-f.goOn:
		return &runner.Result{Payload: []byte("done")}, nil
	case <-ctx.Done():
		return nil, &runner.InvokeError{Kind: runner.Canceled, Message: "canceled"}
	}
}

func (slow) InvokeHTTP(context.Context, *runner.HTTPRequest, runner.HTTPWriter) (*runner.Result, error) {
	return nil, errors.New("not called")
}

// only serves one function.
type only struct{ f front.Function }

func (o only) Lookup(_, _, _ string) (front.Target, error) { return front.Target{Function: o.f}, nil }
func (o only) Single() (front.Target, bool)                { return front.Target{Function: o.f}, true }

// get asks for a URL and returns status and body.
func get(t *testing.T, c *http.Client, method, url string) (int, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	r, err := c.Do(req)
	if err != nil {
		return 0, err.Error()
	}
	defer r.Body.Close()
	body, _ := io.ReadAll(r.Body)
	return r.StatusCode, string(body)
}

// TestServing follows a server from its start to the end of its draining.
func TestServing(t *testing.T) {
	var stderr bytes.Buffer
	sys := &system{stdin: strings.NewReader(""), stdout: io.Discard, stderr: &stderr}
	flags := serverFlags{Listen: "127.0.0.1:0", Admin: "127.0.0.1:0", Drain: time.Minute}
	e, err := flags.open(sys)
	if err != nil {
		t.Fatal(err)
	}
	defer e.close()
	client := &http.Client{Transport: &http.Transport{}}
	defer client.CloseIdleConnections()
	adminURL := "http://" + e.adminLn.Addr().String()
	if status, body := get(t, client, "GET", adminURL+"/readyz"); status != 503 || body != "starting\n" {
		t.Errorf("before serving: %d %q", status, body)
	}
	f := slow{make(chan struct{}), make(chan struct{})}
	ctx, terminate := context.WithCancel(t.Context())
	defer terminate()
	ended := make(chan error, 1)
	go func() { ended <- e.serve(ctx, front.Config{Functions: only{f}}) }()
	answer := make(chan string, 1)
	go func() {
		_, body := get(t, client, "POST", e.url()+"/2023-03-30/functions/slow/invocations")
		answer <- body
	}()
	<-f.inside
	if status, body := get(t, client, "GET", adminURL+"/readyz"); status != 200 || body != "ok\n" {
		t.Errorf("while serving: %d %q", status, body)
	}
	terminate()
	for {
		if status, body := get(t, client, "GET", adminURL+"/readyz"); status == 503 && body == "draining\n" {
			break
		}
	}
	if status, _ := get(t, client, "GET", adminURL+"/healthz"); status != 200 {
		t.Errorf("health while draining: %d", status)
	}
	select {
	case err := <-ended:
		t.Fatalf("did not wait for the invocation: %v", err)
	default:
	}
	close(f.goOn)
	if got := <-answer; got != "done" {
		t.Errorf("the invocation that ran: %q", got)
	}
	if err := <-ended; err != nil {
		t.Error(err)
	}
	if _, err := net.Dial("tcp", e.plain.Addr().String()); err == nil {
		t.Error("the address is still served")
	}
}

func TestServingTLS(t *testing.T) {
	dir := t.TempDir()
	cert, key := filepath.Join(dir, "c.pem"), filepath.Join(dir, "k.pem")
	certPEM, keyPEM := certificatetest.Pair(t, "test", time.Hour)
	for file, text := range map[string][]byte{cert: certPEM, key: keyPEM} {
		if err := os.WriteFile(file, text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	sys := &system{stdin: strings.NewReader(""), stdout: io.Discard, stderr: io.Discard}
	flags := serverFlags{Listen: "127.0.0.1:0", TLSCert: []string{cert}, TLSKey: []string{key}, Drain: time.Minute}
	e, err := flags.open(sys)
	if err != nil {
		t.Fatal(err)
	}
	defer e.close()
	f := slow{make(chan struct{}, 1), make(chan struct{})}
	close(f.goOn)
	ctx, terminate := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- e.serve(ctx, front.Config{Functions: only{f}}) }()
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}} //nolint:gosec // self-signed
	if status, body := get(t, client, "POST", e.url()+"/2023-03-30/functions/slow/invocations"); status != 200 || body != "done" {
		t.Errorf("%d %q", status, body)
	}
	client.CloseIdleConnections()
	terminate()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

func TestServerFlagsRefused(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	addr := taken.Addr().String()
	for want, flags := range map[string]serverFlags{
		"choose another address by --listen":                      {Listen: addr},
		"choose another address by --admin":                       {Listen: "127.0.0.1:0", Admin: addr},
		"1 times --tls-cert and 0 times --tls-key":                {Listen: "127.0.0.1:0", TLSCert: []string{"c"}},
		"certificate: reading the certificate: open none.pem: no": {Listen: "127.0.0.1:0", TLSCert: []string{"none.pem"}, TLSKey: []string{"k"}},
		"--pprof needs an address: --admin HOST:PORT":             {Listen: "127.0.0.1:0", Pprof: true},
	} {
		e, err := flags.open(&system{stderr: io.Discard})
		if err == nil {
			e.close()
		}
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %s", err, want)
		}
	}
}
