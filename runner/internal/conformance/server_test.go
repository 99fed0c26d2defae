package conformance

import (
	"crypto/tls"
	"testing"
)

func TestServer(t *testing.T) {
	for base, want := range map[string]server{
		"http://127.0.0.1:9000":  {host: "127.0.0.1:9000", addr: "127.0.0.1:9000"},
		"http://[::1]:9000/":     {host: "[::1]:9000", addr: "[::1]:9000"},
		"http://fc.example.com":  {host: "fc.example.com", addr: "fc.example.com:http"},
		"https://fc.example.com": {host: "fc.example.com", addr: "fc.example.com:https", tls: &tls.Config{ServerName: "fc.example.com"}},
		"https://[::1]:8443":     {host: "[::1]:8443", addr: "[::1]:8443", tls: &tls.Config{ServerName: "::1"}},
	} {
		got, err := (&Subject{Base: base}).server()
		if err != nil {
			t.Errorf("%s: %v", base, err)
			continue
		}
		if got.host != want.host || got.addr != want.addr || (got.tls == nil) != (want.tls == nil) || got.tls != nil && got.tls.ServerName != want.tls.ServerName {
			t.Errorf("%s: %+v, want %+v", base, got, want)
		}
	}
	for _, base := range []string{"", "127.0.0.1:9000", "ftp://a", "http://", "http://:9000", "http://a/b", "http://a?b", "https://a:b"} {
		want := `conformance: the base is "` + base + `", want http://host:port or https://host:port`
		if _, err := (&Subject{Base: base}).server(); err == nil || err.Error() != want {
			t.Errorf("%s: error %v, want %s", base, err, want)
		}
	}
}
