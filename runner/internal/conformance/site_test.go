package conformance_test

import (
	"context"
	"crypto/tls"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/wafer-run/wafer/runner/internal/conformance"
	"github.com/wafer-run/wafer/runner/internal/front"
	"github.com/wafer-run/wafer/runner/internal/manifest"
	"github.com/wafer-run/wafer/runner/internal/site"
	"github.com/wafer-run/wafer/runner/runnertest"
)

// TestSite checks functions that are deployed by testdata/s.yaml, with the
// module in the place of its source, over HTTPS and with subdomains of another
// suffix.
func TestSite(t *testing.T) {
	if testing.Short() {
		t.Skip("loads many functions")
	}
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "handlers"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "handlers", "main.wasm"), runnertest.Build(t, "testdata/handlers"), 0o644); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile("testdata/s.yaml")
	if err != nil {
		t.Fatal(err)
	}
	base, config := serveFile(t, filepath.Join(dir, "s.yaml"), text, "fc.example.com")
	conformance.Run(t, conformance.Subject{Small: true, Base: base, TLS: config, TriggerSuffix: "fc.example.com", Except: ofSite})
}

// serveFile serves the functions of an s.yaml over HTTPS, with subdomains of
// suffix. config is what a client needs.
func serveFile(t *testing.T, file string, text []byte, suffix string) (base string, config *tls.Config) {
	t.Helper()
	warmUp(t)
	m, err := manifest.Parse(file, text, manifest.Options{})
	if err != nil {
		t.Fatal(err)
	}
	s, err := site.New(site.Config{Runner: runnertest.New(t), CacheDir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
		defer cancel()
		if err := s.Close(ctx); err != nil {
			t.Error(err)
		}
	})
	if err := s.Apply(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	return listenTLS(t, front.Config{Functions: s, Domains: s, TriggerSuffix: suffix})
}
