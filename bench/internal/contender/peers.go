package contender

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"

	"github.com/wafer-run/wafer/bench/internal/workload"
)

// The versions of peers.
const (
	extismVersion   = "v1.7.1"
	fasthttpVersion = "v1.74.0"
	workerdVersion  = "1.20261117.1"
)

// extism is the Extism SDK for Go, which is a framework for plug-ins on wazero.
func extism() *Contender {
	return &Contender{
		Name: "extism", Label: "Extism", About: "Extism go-sdk " + extismVersion + ": compiled once, an instance for every request",
		suits: eventsOnly,
		start: func(ctx context.Context, shop *Workshop, w *workload.Workload) (*Endpoint, error) {
			host, err := shop.extismHost(ctx)
			if err != nil {
				return nil, &Unavailable{err}
			}
			plugin, err := shop.extismPlugin(ctx, w)
			if err != nil {
				return nil, &Unavailable{err}
			}
			addr, err := freeAddr()
			if err != nil {
				return nil, err
			}
			return launch(ctx, w, command{path: host, args: []string{"-wasm", plugin, "-listen", addr}, addr: addr, requestPath: "/"})
		},
	}
}

// extismHost fetches Extism and builds a server with it, in a module of its
// own: it is no dependency of wafer's.
func (s *Workshop) extismHost(ctx context.Context) (string, error) {
	return s.once("extism/host", func(out string) error {
		dir, err := s.TempDir("extism")
		if err != nil {
			return err
		}
		if err := copyFiles(dir, filepath.Join(s.root, "bench/testdata/extism/host/main.go")); err != nil {
			return err
		}
		for _, args := range [][]string{
			{"mod", "init", "example.com/host"},
			{"get", "github.com/extism/go-sdk@" + extismVersion, "github.com/valyala/fasthttp@" + fasthttpVersion},
			{"build", "-o", out, "."},
		} {
			if err := s.tools.Run(ctx, dir, "go", args...); err != nil {
				return err
			}
		}
		return nil
	})
}

// extismPlugin builds a handler as a plug-in, from the same source.
func (s *Workshop) extismPlugin(ctx context.Context, w *workload.Workload) (string, error) {
	return s.once("extism/"+w.Name+".wasm", func(out string) error {
		dir, err := s.TempDir("plugin")
		if err != nil {
			return err
		}
		err = copyFiles(dir, filepath.Join(s.root, "bench/testdata/extism/plugin/plugin.go"), filepath.Join(s.root, w.Dir, "handler.go"))
		if err != nil {
			return err
		}
		if err := s.tools.Run(ctx, dir, "go", "mod", "init", "example.com/plugin"); err != nil {
			return err
		}
		return s.tools.Run(ctx, dir, "env", "GOOS=wasip1", "GOARCH=wasm", "go", "build", "-buildmode=c-shared", "-o", out, ".")
	})
}

// workerd is the server of Cloudflare Workers, with a handler in JavaScript.
func workerd() *Contender {
	return &Contender{
		Name: "workerd", Label: "workerd", About: "workerd " + workerdVersion + ": one V8 isolate, used again for every request",
		Other: "JavaScript",
		suits: named("hello", "echo", "compute", "transform"),
		start: func(ctx context.Context, shop *Workshop, w *workload.Workload) (*Endpoint, error) {
			program, err := shop.workerd(ctx)
			if err != nil {
				return nil, &Unavailable{err}
			}
			addr, err := freeAddr()
			if err != nil {
				return nil, err
			}
			dir, err := shop.TempDir("worker")
			if err != nil {
				return nil, err
			}
			if err := copyFiles(dir, filepath.Join(shop.root, "bench/testdata/workerd/worker.js")); err != nil {
				return nil, err
			}
			config := filepath.Join(dir, "config.capnp")
			if err := os.WriteFile(config, fmt.Appendf(nil, workerdConfig, addr), 0o600); err != nil {
				return nil, fmt.Errorf("contender: %w", err)
			}
			return launch(ctx, w, command{path: program, args: []string{"serve", config}, addr: addr, requestPath: "/" + w.Name})
		},
	}
}

const workerdConfig = `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name = "main", worker = (
    modules = [(name = "worker", esModule = embed "worker.js")],
    compatibilityDate = "2025-01-01",
    compatibilityFlags = ["nodejs_compat"],
  ))],
  sockets = [(name = "http", address = "%s", http = (), service = "main")],
);
`

// workerd fetches workerd from npm.
func (s *Workshop) workerd(ctx context.Context) (string, error) {
	dir, err := s.once("workerd", func(out string) error {
		if runtime.GOOS != "linux" || runtime.GOARCH != "amd64" {
			return fmt.Errorf("contender: workerd is fetched for linux/amd64 only")
		}
		if err := os.MkdirAll(out, 0o755); err != nil {
			return err
		}
		return s.tools.Run(ctx, out, "npm", "install", "--silent", "--no-audit", "--no-fund", "--prefix", out, "workerd@"+workerdVersion)
	})
	return filepath.Join(dir, "node_modules/@cloudflare/workerd-linux-64/bin/workerd"), err
}

// copyFiles copies files into a directory.
func copyFiles(dir string, files ...string) error {
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			return fmt.Errorf("contender: %w", err)
		}
		if err := os.WriteFile(filepath.Join(dir, filepath.Base(f)), text, 0o600); err != nil {
			return fmt.Errorf("contender: %w", err)
		}
	}
	return nil
}

// Versions returns the versions of peers.
func Versions() map[string]string {
	return map[string]string{"github.com/extism/go-sdk": extismVersion, "workerd (npm)": workerdVersion}
}
