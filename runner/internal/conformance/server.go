package conformance

import (
	"crypto/tls"
	"fmt"
	"net"
	"net/url"
	"testing"
	"time"
)

// server is where the subject listens.
type server struct {
	host string // as a Host header has it
	addr string // with a port
	tls  *tls.Config
}

// server reads where the subject listens.
func (s *Subject) server() (*server, error) {
	base, err := url.Parse(s.Base)
	if err != nil || base.Hostname() == "" || base.Scheme != "http" && base.Scheme != "https" || base.Path != "" && base.Path != "/" || base.RawQuery != "" {
		return nil, fmt.Errorf("conformance: the base is %q, want http://host:port or https://host:port", s.Base)
	}
	srv := &server{host: base.Host, addr: base.Host}
	if base.Port() == "" {
		srv.addr = net.JoinHostPort(base.Hostname(), base.Scheme)
	}
	if base.Scheme == "https" {
		srv.tls = &tls.Config{MinVersion: tls.VersionTLS12}
		if s.TLS != nil {
			srv.tls = s.TLS.Clone()
		}
		// Rows speak HTTP/1.1, and to one address whatever host they name.
		srv.tls.NextProtos = []string{"http/1.1"}
		if srv.tls.ServerName == "" {
			srv.tls.ServerName = base.Hostname()
		}
	}
	return srv, nil
}

// dial connects to the server, until the test ends.
func (s *server) dial(t *testing.T) net.Conn {
	t.Helper()
	c, err := net.DialTimeout("tcp", s.addr, patient)
	if err != nil {
		t.Fatalf("conformance: %v", err)
	}
	t.Cleanup(func() { _ = c.Close() })
	if err := c.SetDeadline(time.Now().Add(patient)); err != nil {
		t.Fatalf("conformance: %v", err)
	}
	if s.tls == nil {
		return c
	}
	secure := tls.Client(c, s.tls)
	if err := secure.Handshake(); err != nil {
		t.Fatalf("conformance: agreeing on TLS with %s: %v", s.addr, err)
	}
	return secure
}

// closeWrite says that the client sends no more: that of TLS, and that of the
// connection below.
func closeWrite(c net.Conn) {
	for c != nil {
		if half, ok := c.(interface{ CloseWrite() error }); ok {
			_ = half.CloseWrite() // the server may have closed it by now
		}
		outer, ok := c.(*tls.Conn)
		if !ok {
			return
		}
		c = outer.NetConn()
	}
}
