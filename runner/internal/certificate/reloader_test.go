package certificate_test

import (
	"bytes"
	"crypto/tls"
	"io"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/wafer-run/wafer/runner/internal/certificate"
	"github.com/wafer-run/wafer/runner/internal/certificate/certificatetest"
)

// logged is a log that can be read while it is written.
type logged struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *logged) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(b)
}

func (l *logged) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

func write(t *testing.T, file string, b []byte) {
	t.Helper()
	if err := os.WriteFile(file, b, 0o600); err != nil {
		t.Fatal(err)
	}
}

// eventually waits for something that takes as long as the system likes.
func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); !ok(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("%s: did not happen", what)
		}
	}
}

// shown is the common name that a server over the store shows.
func shown(t *testing.T, addr, name string) string {
	t.Helper()
	c, err := tls.Dial("tcp", addr, &tls.Config{InsecureSkipVerify: true, ServerName: name}) //nolint:gosec // self-signed
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	return c.ConnectionState().PeerCertificates[0].Subject.CommonName
}

func TestReload(t *testing.T) {
	dir := t.TempDir()
	files := certificate.Files{Cert: filepath.Join(dir, "tls.crt"), Key: filepath.Join(dir, "tls.key")}
	cert, key := certificatetest.Pair(t, "one", time.Hour, "a.test")
	write(t, files.Cert, cert)
	write(t, files.Key, key)
	var (
		store certificate.Store
		log   logged
	)
	r, err := certificate.NewReloader(&store, []certificate.Files{files}, slog.New(slog.NewTextHandler(&log, nil)))
	if err != nil {
		t.Fatal(err)
	}
	addr := serve(t, store.ServerConfig())
	if got := shown(t, addr, "a.test"); got != "one" {
		t.Errorf("at first: %s", got)
	}

	write(t, files.Cert, []byte("half a certif"))
	eventually(t, "the complaint", func() bool { return strings.Contains(log.String(), "the certificate in use stays") })
	if got := shown(t, addr, "a.test"); got != "one" {
		t.Errorf("after a bad one: %s", got)
	}

	cert, key = certificatetest.Pair(t, "two", time.Hour, "a.test")
	write(t, files.Key, key)
	write(t, files.Cert, cert)
	eventually(t, "the second certificate", func() bool { return shown(t, addr, "a.test") == "two" })

	// Replaced as a volume of Kubernetes is: by renaming.
	cert, key = certificatetest.Pair(t, "three", time.Hour, "a.test")
	write(t, files.Cert+".new", cert)
	write(t, files.Key+".new", key)
	for _, f := range []string{files.Cert, files.Key} {
		if err := os.Rename(f+".new", f); err != nil {
			t.Fatal(err)
		}
	}
	eventually(t, "the third certificate", func() bool { return shown(t, addr, "a.test") == "three" })

	if err := r.Close(); err != nil {
		t.Error(err)
	}
	if got := shown(t, addr, "a.test"); got != "three" {
		t.Errorf("after closing: %s", got)
	}
}

func TestReloaderRefuses(t *testing.T) {
	dir := t.TempDir()
	cert, _ := certificatetest.Pair(t, "c", time.Hour)
	_, foreign := certificatetest.Pair(t, "f", time.Hour)
	write(t, filepath.Join(dir, "c.pem"), cert)
	write(t, filepath.Join(dir, "k.pem"), foreign)
	for want, f := range map[string]certificate.Files{
		"certificate: reading the certificate: open ": {Cert: filepath.Join(dir, "none.pem"), Key: filepath.Join(dir, "k.pem")},
		"certificate: reading the key of ":            {Cert: filepath.Join(dir, "c.pem"), Key: filepath.Join(dir, "none.pem")},
		"private key does not match public key":       {Cert: filepath.Join(dir, "c.pem"), Key: filepath.Join(dir, "k.pem")},
	} {
		var store certificate.Store
		if _, err := certificate.NewReloader(&store, []certificate.Files{f}, slog.New(slog.DiscardHandler)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %s", err, want)
		}
	}
}

func TestServerConfig(t *testing.T) {
	var store certificate.Store
	cert, key := certificatetest.Pair(t, "c", time.Hour, "a.test")
	if err := store.Put("c", cert, key); err != nil {
		t.Fatal(err)
	}
	addr := serve(t, store.ServerConfig())
	for name, c := range map[string]struct {
		client *tls.Config
		ok     bool
	}{
		"tls 1.3":           {&tls.Config{MinVersion: tls.VersionTLS13}, true},
		"tls 1.2":           {&tls.Config{MaxVersion: tls.VersionTLS12}, true},
		"tls 1.1":           {&tls.Config{MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS11}, false},
		"http/1.1 and h2":   {&tls.Config{NextProtos: []string{"h2", "http/1.1"}}, true},
		"nothing but h2":    {&tls.Config{NextProtos: []string{"h2"}}, false},
		"no protocol named": {&tls.Config{}, true},
	} {
		c.client.InsecureSkipVerify, c.client.ServerName = true, "a.test"
		conn, err := tls.Dial("tcp", addr, c.client)
		if (err == nil) != c.ok {
			t.Errorf("%s: error %v", name, err)
		}
		if err != nil {
			continue
		}
		if p := conn.ConnectionState().NegotiatedProtocol; len(c.client.NextProtos) > 0 && p != "http/1.1" {
			t.Errorf("%s: protocol %q", name, p)
		}
		_ = conn.Close()
	}
}

// serve accepts TLS connections and reads what they send.
func serve(t *testing.T, cfg *tls.Config) (addr string) {
	t.Helper()
	ln, err := tls.Listen("tcp", "127.0.0.1:0", cfg)
	if err != nil {
		t.Fatal(err)
	}
	var conns sync.WaitGroup
	conns.Go(func() {
		for {
			c, err := ln.Accept()
			if err != nil {
				return
			}
			conns.Go(func() {
				defer func(c net.Conn) { _ = c.Close() }(c)
				_, _ = io.Copy(io.Discard, c)
			})
		}
	})
	t.Cleanup(func() {
		_ = ln.Close()
		conns.Wait()
	})
	return ln.Addr().String()
}
