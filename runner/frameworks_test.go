package runner_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/wafer-run/wafer/runner"
	"github.com/wafer-run/wafer/runner/internal/sdkbuild"
	"github.com/wafer-run/wafer/runner/runnertest"
)

// framework is a program in testdata/frameworks that uses a web framework.
type framework struct {
	name, module, version string
	requests              []string // method, URI, and then content type and body if there are any
}

var frameworks = []framework{
	{"chi", "github.com/go-chi/chi/v5", "v5.2.3", []string{
		"GET /", "GET /ping", "GET /articles/7", "GET /articles/some-slug", "GET /articles/0", "GET /nothing", "DELETE /ping", "HEAD /ping", "GET /panic",
		`POST /articles/ application/json {"id":"9","title":"wafers"}`, `POST /articles/ application/json {"id":`,
	}},
	{"echo", "github.com/labstack/echo/v4", "v4.13.4", []string{
		"GET /", "GET /users/Joe%20B", "GET /show?team=x-men&member=wolverine", "GET /nothing", "PUT /users", "HEAD /", "GET /panic",
		`POST /users application/json {"name":"Joe","email":"joe@labstack.com"}`, `POST /users application/json {"name":1}`,
		"POST /users application/x-www-form-urlencoded name=Joe&email=joe@labstack.com",
	}},
	{"gin", "github.com/gin-gonic/gin", "v1.10.1", []string{
		"GET /ping", "GET /user/manu", "GET /user/manu/send", "GET /welcome?firstname=Jane&lastname=Doe", "GET /welcome", "GET /nothing", "GET /panic",
		`POST /loginJSON application/json {"user":"manu","password":"123"}`, `POST /loginJSON application/json {"user":"manu"}`,
		`POST /loginJSON application/json {"user":"u","password":"p"}`, "POST /form_post application/x-www-form-urlencoded message=hi",
	}},
}

// TestFrameworks builds programs that use web frameworks, natively and as
// modules, and compares their answers.
func TestFrameworks(t *testing.T) {
	if testing.Short() {
		t.Skip("builds three programs twice")
	}
	r := runnertest.New(t)
	for _, fw := range frameworks {
		t.Run(fw.name, func(t *testing.T) {
			if fw.name != "chi" && os.Getenv("WAFER_TEST_ALL") == "" {
				t.Skip("compiling it takes a minute: only with WAFER_TEST_ALL")
			}
			dir := fw.lay(t)
			native := fw.startNative(t, dir)
			var out strings.Builder
			file := filepath.Join(t.TempDir(), fw.name+".wasm")
			if _, err := sdkbuild.Build(t.Context(), sdkbuild.Options{Package: dir, Output: file, Env: os.Environ(), Stderr: &out}); err != nil {
				t.Fatalf("%v\n%s", err, out.String())
			}
			wasm, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			f := runnertest.Load(t, r, runner.NewFunctionConfig(fw.name).WithEnv(map[string]string{"PORT": "9000"}), wasm)
			if i := f.Inspect(); !i.Snapshot || i.TableKept != "" {
				t.Errorf("not as quick as it could be: %s %s", i.SnapshotRefused, i.TableKept)
			}
			for _, request := range fw.requests {
				parts := strings.SplitN(request, " ", 4)
				req := &runner.HTTPRequest{Method: parts[0], URI: parts[1], Host: "example.com"}
				if len(parts) == 4 {
					req.Headers = []runner.Header{{Key: "Content-Type", Value: parts[2]}}
					req.Payload = []byte(parts[3])
				}
				want := native(t, req)
				w := &written{}
				if _, err := f.InvokeHTTP(t.Context(), req, w); err != nil {
					t.Fatalf("%s: %v", request, err)
				}
				if diff := cmp.Diff(want, w.normal()); diff != "" {
					t.Errorf("%s (-native +wafer):\n%s", request, diff)
				}
			}
		})
	}
}

// lay makes a module of the program, with its dependencies found.
func (fw framework) lay(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	source, err := os.ReadFile(filepath.Join("testdata", "frameworks", fw.name, "main.go"))
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"main.go": string(source),
		"go.mod":  fmt.Sprintf("module example.com/%s\n\ngo 1.23\n\nrequire %s %s\n", fw.name, fw.module, fw.version),
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.CommandContext(t.Context(), "go", "list", "-mod=mod", "-deps", ".")
	cmd.Dir, cmd.Env = dir, append(os.Environ(), "GOWORK=off")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Skipf("%s %s cannot be had, probably for lack of a network: %v\n%s", fw.module, fw.version, err, out)
	}
	return dir
}

// startNative runs the program as a process and returns how to ask it.
func (fw framework) startNative(t *testing.T, dir string) func(t *testing.T, req *runner.HTTPRequest) answer {
	t.Helper()
	bin := filepath.Join(t.TempDir(), fw.name)
	build := exec.CommandContext(t.Context(), "go", "build", "-o", bin, ".")
	build.Dir, build.Env = dir, append(os.Environ(), "GOWORK=off", "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_, port, _ := net.SplitHostPort(ln.Addr().String())
	_ = ln.Close()
	ctx, cancel := context.WithCancel(context.Background())
	cmd := exec.CommandContext(ctx, bin)
	cmd.Env = []string{"FC_SERVER_PORT=" + port, "PORT=" + port}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	client := &http.Client{Transport: &http.Transport{DisableCompression: true}}
	t.Cleanup(func() {
		client.CloseIdleConnections()
		cancel()
		_ = cmd.Wait() // it was killed
	})
	for range 1000 {
		if conn, err := net.Dial("tcp", "127.0.0.1:"+port); err == nil {
			_ = conn.Close()
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	return func(t *testing.T, req *runner.HTTPRequest) answer {
		t.Helper()
		h, err := http.NewRequestWithContext(t.Context(), req.Method, "http://127.0.0.1:"+port+req.URI, bytes.NewReader(req.Payload))
		if err != nil {
			t.Fatal(err)
		}
		h.Host = req.Host
		for _, header := range req.Headers {
			h.Header.Add(header.Key, header.Value)
		}
		resp, err := client.Do(h)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		body, err := io.ReadAll(resp.Body)
		if err != nil {
			t.Fatal(err)
		}
		a := answer{Status: resp.StatusCode, Body: string(body), Size: resp.ContentLength, Headers: resp.Header}
		delete(a.Headers, "Date")
		delete(a.Headers, "Content-Length")
		return a
	}
}

// answer is an HTTP answer as far as it is always the same.
type answer struct {
	Status  int
	Headers http.Header
	Size    int64
	Body    string
}

func (w *written) normal() answer {
	a := answer{Status: w.status, Headers: http.Header{}, Size: w.size, Body: w.text()}
	for _, h := range w.headers {
		if h.Key != "Date" {
			a.Headers.Add(h.Key, h.Value)
		}
	}
	delete(a.Headers, "Content-Length")
	return a
}
