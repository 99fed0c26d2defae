package main

import (
	"bytes"
	"context"
	"crypto/tls"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/wafer-run/wafer/runner/internal/certificate/certificatetest"
	"github.com/wafer-run/wafer/runner/internal/front"
)

// TestCertify: a custom domain has the certificate that the file gives it, as long
// as it does, and only where anything is served over TLS.
func TestCertify(t *testing.T) {
	t.Chdir(t.TempDir())
	for name, common := range map[string]string{"server": "server", "domain": "www.example.org"} {
		cert, key := certificatetest.Pair(t, common, time.Hour, common, "www.example.org") // the server's would do for both
		for file, text := range map[string][]byte{name + ".pem": cert, name + ".key": key} {
			if err := os.WriteFile(file, text, 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	const text = `
edition: 3.0.0
resources:
  f:
    component: fc3
    props:
      functionName: f
      region: r
      runtime: go1
      code: f.wasm
      customDomain:
        domainName: www.example.org
        protocol: HTTPS
        certConfig: {certName: c, certificate: "${file('domain.pem')}", privateKey: "${file('domain.key')}"}
`
	if err := os.WriteFile("s.yaml", []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	var printed bytes.Buffer
	sys := &system{stdin: strings.NewReader(""), stdout: &printed, stderr: &printed}
	flags := fileFlags{}
	m, err := flags.read(sys)
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{"domain.pem", "domain.key"}; len(flags.included) != 2 || filepath.Base(flags.included[0]) != want[0] || filepath.Base(flags.included[1]) != want[1] {
		t.Errorf("the file includes %q, want %q", flags.included, want)
	}
	server := serverFlags{Listen: "127.0.0.1:0", Drain: time.Minute}
	plain, err := server.open(sys)
	if err != nil {
		t.Fatal(err)
	}
	defer plain.close()
	if err := plain.certify(m); err != nil || !strings.Contains(printed.String(), "the domain www.example.org has a certificate, which is not used") {
		t.Errorf("without TLS: error %v, printed %q", err, &printed)
	}
	server.TLSCert, server.TLSKey = []string{"server.pem"}, []string{"server.key"}
	e, err := server.open(sys)
	if err != nil {
		t.Fatal(err)
	}
	defer e.close()
	if err := e.certify(m); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- e.serve(ctx, front.Config{Functions: only{slow{}}}) }()
	has := func(host, want string) {
		t.Helper()
		conn, err := tls.Dial("tcp", e.secure.Addr().String(), &tls.Config{ServerName: host, InsecureSkipVerify: true}) //nolint:gosec // self-signed
		if err != nil {
			t.Fatal(err)
		}
		if got := conn.ConnectionState().PeerCertificates[0].Subject.CommonName; got != want {
			t.Errorf("%s has the certificate of %s, want that of %s", host, got, want)
		}
		if err := conn.Close(); err != nil {
			t.Error(err)
		}
	}
	has("server", "server")
	has("www.example.org", "www.example.org")
	own := m.Domains[0].Certificate
	for _, step := range []struct{ cert, want string }{{"", "server"}, {own, "www.example.org"}} {
		m.Domains[0].Certificate = step.cert
		if err := e.certify(m); err != nil {
			t.Fatal(err)
		}
		has("www.example.org", step.want)
	}
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	m.Domains[0].PrivateKey = "none"
	if err := e.certify(m); err == nil || !strings.HasPrefix(err.Error(), "s.yaml:12:9: resources.f.props.customDomain: certificate: reading s.yaml www.example.org: ") {
		t.Errorf("a wrong key: error %v", err)
	}
}
