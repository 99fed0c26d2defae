package certificate

import "crypto/tls"

// ServerConfig returns the TLS settings of a server over the store: TLS 1.2 or
// newer, with the cipher suites of crypto/tls, and HTTP/1.1 as the only protocol
// to agree on.
func (s *Store) ServerConfig() *tls.Config {
	return &tls.Config{
		MinVersion:     tls.VersionTLS12,
		NextProtos:     []string{"http/1.1"},
		GetCertificate: s.GetCertificate,
	}
}
