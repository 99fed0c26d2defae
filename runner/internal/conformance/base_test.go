package conformance_test

import (
	"cmp"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/wafer-run/wafer/runner/internal/certificate/certificatetest"
	"github.com/wafer-run/wafer/runner/internal/conformance"
)

// TestBase checks the server at $CONFORMANCE_BASE.
func TestBase(t *testing.T) {
	if os.Getenv("CONFORMANCE_BASE") == "" {
		t.Skip("CONFORMANCE_BASE is not set")
	}
	s, err := fromEnvironment(os.Getenv)
	if err != nil {
		t.Fatal(err)
	}
	conformance.Run(t, s)
}

// fromEnvironment reads the subject of TestBase. Everything that is wrong is
// reported, joined.
func fromEnvironment(getenv func(string) string) (conformance.Subject, error) {
	s := conformance.Subject{Base: getenv("CONFORMANCE_BASE"), TriggerSuffix: getenv("CONFORMANCE_SUFFIX"), Except: map[string]string{}}
	for _, key := range strings.FieldsFunc(getenv("CONFORMANCE_EXCEPT"), func(r rune) bool { return r == ',' }) {
		s.Except[strings.TrimSpace(key)] = "excepted by $CONFORMANCE_EXCEPT"
	}
	var errs []error
	generation, ok := map[string]conformance.Generation{
		"": conformance.Both, "2.0": conformance.Only2, "3.0": conformance.Only3,
	}[getenv("CONFORMANCE_GENERATION")]
	if s.Generation = generation; !ok {
		errs = append(errs, fmt.Errorf("conformance: CONFORMANCE_GENERATION is %q, want 2.0 or 3.0", getenv("CONFORMANCE_GENERATION")))
	}
	insecure := getenv("CONFORMANCE_INSECURE")
	if insecure != "" && insecure != "1" {
		errs = append(errs, fmt.Errorf("conformance: CONFORMANCE_INSECURE is %q, want 1 or nothing", insecure))
	}
	file := getenv("CONFORMANCE_CA")
	if file == "" && insecure == "" {
		return s, errors.Join(errs...)
	}
	s.TLS = &tls.Config{MinVersion: tls.VersionTLS12, InsecureSkipVerify: insecure == "1"} //nolint:gosec // who runs the test asks for it
	switch text, err := os.ReadFile(cmp.Or(file, os.DevNull)); {
	case !strings.HasPrefix(s.Base, "https://"):
		errs = append(errs, fmt.Errorf("conformance: CONFORMANCE_CA and CONFORMANCE_INSECURE are for a base of https, and it is %q", s.Base))
	case file != "" && insecure != "":
		errs = append(errs, errors.New("conformance: there are both CONFORMANCE_CA and CONFORMANCE_INSECURE, want one of them"))
	case err != nil:
		errs = append(errs, fmt.Errorf("conformance: CONFORMANCE_CA: %w", err))
	case file != "":
		s.TLS.RootCAs = x509.NewCertPool()
		if !s.TLS.RootCAs.AppendCertsFromPEM(text) {
			errs = append(errs, fmt.Errorf("conformance: CONFORMANCE_CA: %s has no certificate in PEM", file))
		}
	}
	return s, errors.Join(errs...)
}

func TestFromEnvironment(t *testing.T) {
	dir := t.TempDir()
	ca, none := filepath.Join(dir, "ca.pem"), filepath.Join(dir, "none.pem")
	cert, key := certificatetest.Pair(t, "test", time.Hour, "localhost")
	for file, text := range map[string][]byte{ca: cert, filepath.Join(dir, "key.pem"): key} {
		if err := os.WriteFile(file, text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		env  string // NAME=value, without the prefix
		want string // the error
	}{
		{"BASE=http://127.0.0.1:9000 EXCEPT=async,route GENERATION=2.0 SUFFIX=fc.example.com", ""},
		{"BASE=https://localhost:8443 CA=" + ca, ""},
		{"BASE=https://localhost:8443 INSECURE=1", ""},
		{"BASE=http://a GENERATION=4", `conformance: CONFORMANCE_GENERATION is "4", want 2.0 or 3.0`},
		{"BASE=http://a CA=" + ca, `conformance: CONFORMANCE_CA and CONFORMANCE_INSECURE are for a base of https, and it is "http://a"`},
		{"BASE=http://a INSECURE=1", `conformance: CONFORMANCE_CA and CONFORMANCE_INSECURE are for a base of https, and it is "http://a"`},
		{"BASE=https://a INSECURE=yes", `conformance: CONFORMANCE_INSECURE is "yes", want 1 or nothing`},
		{"BASE=https://a INSECURE=1 CA=" + ca, "conformance: there are both CONFORMANCE_CA and CONFORMANCE_INSECURE, want one of them"},
		{"BASE=https://a CA=" + none, "conformance: CONFORMANCE_CA: open " + none + ": no such file or directory"},
		{"BASE=https://a CA=" + filepath.Join(dir, "key.pem"), "conformance: CONFORMANCE_CA: " + filepath.Join(dir, "key.pem") + " has no certificate in PEM"},
	} {
		env := map[string]string{}
		for pair := range strings.FieldsSeq(c.env) {
			name, value, _ := strings.Cut(pair, "=")
			env["CONFORMANCE_"+name] = value
		}
		s, err := fromEnvironment(func(name string) string { return env[name] })
		if got := fmt.Sprint(err); got != cmp.Or(c.want, "<nil>") {
			t.Errorf("%s: error\n%s, want\n%s", c.env, got, c.want)
		}
		switch secure := strings.HasPrefix(s.Base, "https"); {
		case err != nil:
		case !secure && (s.TLS != nil || s.TriggerSuffix != "fc.example.com" || len(s.Except) != 2 || s.Generation != conformance.Only2):
			t.Errorf("%s: %+v", c.env, s)
		case secure && s.TLS.InsecureSkipVerify == (s.TLS.RootCAs != nil):
			t.Errorf("%s: %+v", c.env, s.TLS)
		}
	}
}
