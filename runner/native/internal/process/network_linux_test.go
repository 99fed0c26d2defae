package process_test

import (
	"context"
	"io"
	"net"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/wafer-run/wafer/runner/native/internal/process"
)

// read dials until somebody answers.
func read(t *testing.T, p *process.Process, address string) string {
	t.Helper()
	var text []byte
	await(t, "an answer from "+address, func() bool {
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		c, err := p.Dial(ctx, "tcp", address)
		if err != nil {
			return false
		}
		defer c.Close()
		text, err = io.ReadAll(c)
		return err == nil
	})
	return string(text)
}

// TestSamePort lets two processes listen on FC's port, and one on a port below
// 1024.
func TestSamePort(t *testing.T) {
	needs(t, process.NetworkNamespace)
	dir := code(t)
	a, _ := begin(t, process.Spec{Dir: dir}, "serve", "127.0.0.1:9000", "first")
	b, _ := begin(t, process.Spec{Dir: dir}, "serve", "0.0.0.0:9000", "second")
	c, _ := begin(t, process.Spec{Dir: dir}, "serve", "127.0.0.1:80", "third")
	for address, p := range map[string]*process.Process{"first 127.0.0.1:9000": a, "second 127.0.0.1:9000": b, "third 127.0.0.1:80": c} {
		want, address, _ := strings.Cut(address, " ")
		if got := read(t, p, address); got != want {
			t.Errorf("%s answers %q, want %q", address, got, want)
		}
	}
	if c, err := net.Dial("tcp", "127.0.0.1:9000"); err == nil {
		_ = c.Close()
		t.Skip("somebody else serves on the host's port 9000")
	}
}

// TestServed connects a process to what wafer serves to it.
func TestServed(t *testing.T) {
	for _, egress := range []bool{false, true} {
		n, err := process.NewNetwork(egress)
		if err != nil {
			t.Fatal(err)
		}
		defer n.Close()
		ln, err := n.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer ln.Close()
		go func() {
			for {
				c, err := ln.Accept()
				if err != nil {
					return
				}
				_, _ = io.WriteString(c, "served")
				_ = c.Close()
			}
		}()
		if out, s := finish(t, process.Spec{Network: n}, "dial", "tcp", ln.Addr().String()); out != "served" {
			t.Errorf("egress %t: %q, %s", egress, out, s)
		}
	}
}

// TestEgress reaches a server of the host's with the grant only.
func TestEgress(t *testing.T) {
	if s := process.Support(); !s.Has(process.NetworkNamespace) && !s.Has(process.LandlockNetwork) {
		t.Skip("no mechanism for it here")
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	go func() {
		for {
			c, err := ln.Accept()
			if err != nil {
				return
			}
			_, _ = io.WriteString(c, "host")
			_ = c.Close()
		}
	}()
	if out, _ := finish(t, process.Spec{}, "dial", "tcp", ln.Addr().String()); !strings.HasPrefix(out, "error: ") {
		t.Errorf("without the grant: %q", out)
	}
	if out, _ := finish(t, process.Spec{Egress: true}, "dial", "tcp", ln.Addr().String()); out != "host" {
		t.Errorf("with the grant: %q", out)
	}
}

// TestNetworkErrors covers addresses and closing.
func TestNetworkErrors(t *testing.T) {
	n, err := process.NewNetwork(false)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := n.Dial(t.Context(), "tcp", "localhost:9000"); err == nil || !strings.Contains(err.Error(), `"localhost:9000" is no IP address with a port`) {
		t.Errorf("a name: %v", err)
	}
	if err := n.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := n.Listen("tcp", "127.0.0.1:0"); n.Own() && err == nil {
		t.Error("a closed network listens")
	}
	if _, err := os.Stat("/proc/self/ns/net"); err != nil {
		t.Error(err)
	}
}
