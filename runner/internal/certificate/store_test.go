package certificate_test

import (
	"crypto/tls"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/wafer-run/wafer/runner/internal/certificate"
	"github.com/wafer-run/wafer/runner/internal/certificate/certificatetest"
)

// picked is the common name of the certificate that a client of that name gets.
func picked(t *testing.T, s *certificate.Store, name string) string {
	t.Helper()
	cert, err := s.GetCertificate(&tls.ClientHelloInfo{ServerName: name})
	if err != nil {
		return err.Error()
	}
	return cert.Leaf.Subject.CommonName
}

func put(t *testing.T, s *certificate.Store, key string, names []string, extra ...string) {
	t.Helper()
	cert, private := certificatetest.Pair(t, key, time.Hour, names...)
	if err := s.Put(key, cert, private, extra...); err != nil {
		t.Fatal(err)
	}
}

func TestPicksByName(t *testing.T) {
	var s certificate.Store
	if got := picked(t, &s, "a.example.com"); got != certificate.ErrNone.Error() {
		t.Errorf("empty store: %s", got)
	}
	put(t, &s, "first", []string{"a.example.com", "127.0.0.1"})
	put(t, &s, "wild", []string{"*.example.com"})
	put(t, &s, "late", []string{"a.example.com", "b.example.org"})
	put(t, &s, "domain", nil, "Shop.Example.NET")
	put(t, &s, "given", []string{"b.example.org"}, "b.EXAMPLE.org", "a.example.org")
	for name, want := range map[string]string{
		"":                  "first",
		"nobody.test":       "first",
		"a.example.com":     "first",
		"A.Example.COM.":    "first",
		"127.0.0.1":         "first",
		"z.example.com":     "wild",
		"x.z.example.com":   "first", // a wildcard is for one label
		"b.example.org":     "given", // for the name, so it goes before what happens to have it
		"a.example.org":     "given",
		"shop.example.net":  "domain",
		"*.example.com":     "wild",
		".":                 "first",
		"\x00.example.com.": "wild",
	} {
		if got := picked(t, &s, name); got != want {
			t.Errorf("%q: %s, want %s", name, got, want)
		}
	}
	s.Delete("first")
	s.Delete("never there")
	if got := picked(t, &s, "a.example.com"); got != "late" {
		t.Errorf("after deleting: %s, want late", got)
	}
	if got := picked(t, &s, ""); got != "wild" {
		t.Errorf("fallback after deleting: %s, want wild", got)
	}
	want := []string{"*.example.com", "a.example.com", "a.example.org", "b.example.org", "shop.example.net"}
	if diff := cmp.Diff(want, s.Names()); diff != "" {
		t.Errorf("names (-want +got):\n%s", diff)
	}
}

func TestPutRefuses(t *testing.T) {
	var s certificate.Store
	put(t, &s, "k", []string{"good.test"})
	cert, key := certificatetest.Pair(t, "other", time.Hour, "other.test")
	_, foreign := certificatetest.Pair(t, "foreign", time.Hour)
	oldCert, oldKey := certificatetest.Pair(t, "old", -time.Hour, "old.test")
	for want, c := range map[string]struct{ cert, key []byte }{
		"certificate: reading k: tls: failed to find any PEM data":                        {[]byte("junk"), key},
		"certificate: reading k: tls: failed to find any PEM data in key":                 {cert, nil},
		"certificate: reading k: tls: private key does not match public key":              {cert, foreign},
		"certificate: reading k: it expired at ":                                          {oldCert, oldKey},
		"certificate: reading k: tls: failed to find certificate PEM data in certificate": {key, cert},
	} {
		if err := s.Put("k", c.cert, c.key); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("error %v, want %s", err, want)
		}
	}
	if got := picked(t, &s, "good.test"); got != "k" {
		t.Errorf("the certificate in use was lost: %s", got)
	}
	if _, err := new(certificate.Store).GetCertificate(&tls.ClientHelloInfo{}); !errors.Is(err, certificate.ErrNone) {
		t.Errorf("error %v", err)
	}
}
