package site_test

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/wafer-run/wafer/runner"
	"github.com/wafer-run/wafer/runner/internal/front"
	"github.com/wafer-run/wafer/runner/internal/manifest"
	"github.com/wafer-run/wafer/runner/internal/site"
	"github.com/wafer-run/wafer/runner/runnertest"
)

// rig is a site behind a front on a real socket, and the directory of its
// manifest.
type rig struct {
	*site.Site
	t      testing.TB
	runner *runner.Runner
	dir    string
	cache  string
	addr   string
	client *http.Client
}

func newRig(t testing.TB) *rig {
	t.Helper()
	r := &rig{t: t, runner: runnertest.New(t), dir: t.TempDir(), cache: t.TempDir()}
	var err error
	r.Site, err = site.New(site.Config{
		Runner: r.runner, CacheDir: r.cache, Environ: append(os.Environ(), "GOPROXY=off"),
		Progress: func(function, doing string) { t.Logf("%s: %s", function, doing) },
	})
	if err != nil {
		t.Fatal(err)
	}
	server, err := front.New(front.Config{Functions: r.Site, Domains: r.Site})
	if err != nil {
		t.Fatal(err)
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	r.addr = ln.Addr().String()
	r.client = &http.Client{Transport: &http.Transport{}}
	served := make(chan error, 1)
	go func() { served <- server.Serve(ln) }()
	t.Cleanup(func() {
		r.client.CloseIdleConnections()
		ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
		defer cancel()
		for _, err := range []error{server.Shutdown(ctx), <-served, r.Close(ctx)} {
			if err != nil {
				t.Error(err)
			}
		}
	})
	return r
}

// write puts a file beside the manifest.
func (r *rig) write(name string, content []byte) {
	r.t.Helper()
	path := filepath.Join(r.dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		r.t.Fatal(err)
	}
	if err := os.WriteFile(path, content, 0o755); err != nil {
		r.t.Fatal(err)
	}
}

// parse reads a manifest that lies in the directory.
func (r *rig) parse(text string) *manifest.Manifest {
	r.t.Helper()
	m, err := manifest.Parse(filepath.Join(r.dir, "s.yaml"), []byte(text), manifest.Options{})
	if err != nil {
		r.t.Fatal(err)
	}
	return m
}

// apply serves a manifest.
func (r *rig) apply(text string, only ...string) {
	r.t.Helper()
	if err := r.Apply(r.t.Context(), r.parse(text), only...); err != nil {
		r.t.Fatal(err)
	}
}

// do sends a request to a host and returns status and body in one line.
func (r *rig) do(method, host, path string) string {
	r.t.Helper()
	req, err := http.NewRequestWithContext(context.Background(), method, "http://"+r.addr+path, nil)
	if err != nil {
		r.t.Fatal(err)
	}
	req.Host = host
	res, err := r.client.Do(req)
	if err != nil {
		return err.Error()
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		return err.Error()
	}
	text := string(body)
	if i := strings.Index(text, `,"RequestId"`); i >= 0 {
		text = text[:i] + "}"
	}
	return fmt.Sprintf("%d %s", res.StatusCode, text)
}
