package certificate

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// Store holds certificates under keys of their owner's choice, for example a file
// name or a custom domain. It is safe for concurrent use, and handshakes take no
// lock. The zero value is empty.
type Store struct {
	mu      sync.Mutex
	entries map[string]entry
	order   []string // keys, oldest first
	index   atomic.Pointer[index]
}

// entry is one certificate with the names it is for.
type entry struct {
	cert  *tls.Certificate
	given []string // names that it was put for
	names []string // those in it
}

// index finds certificates by name. It does not change.
type index struct {
	names    map[string]*tls.Certificate // lower case; *.example.com as it is
	fallback *tls.Certificate
}

// ErrNone says that a store is empty.
var ErrNone = errors.New("certificate: there is no certificate")

// Put adds a certificate, or replaces the one that was put under key before. It
// serves the names in the certificate itself and those given, which may begin
// with "*." to cover one label. Where two certificates have the same name, one that
// it was given for serves it, and else the one put first under its key; the first of
// all serves clients that ask for no name or for an unknown one.
//
// # Errors
//
// The pair does not belong together, is not PEM, or the certificate has expired.
// The store is unchanged then.
func (s *Store) Put(key string, certPEM, keyPEM []byte, names ...string) error {
	cert, err := tls.X509KeyPair(certPEM, keyPEM)
	if err != nil {
		return fmt.Errorf("certificate: reading %s: %w", key, err)
	}
	leaf := cert.Leaf
	if leaf == nil { // as GODEBUG can have it
		if leaf, err = x509.ParseCertificate(cert.Certificate[0]); err != nil {
			return fmt.Errorf("certificate: reading %s: %w", key, err)
		}
	}
	if now := time.Now(); now.After(leaf.NotAfter) {
		return fmt.Errorf("certificate: reading %s: it expired at %s, and now it is %s",
			key, leaf.NotAfter.UTC().Format(time.RFC3339), now.UTC().Format(time.RFC3339))
	}
	e := entry{cert: &cert, given: slices.Clone(names), names: slices.Clone(leaf.DNSNames)}
	for _, ip := range leaf.IPAddresses {
		e.names = append(e.names, ip.String())
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.entries == nil {
		s.entries = map[string]entry{}
	}
	if _, ok := s.entries[key]; !ok {
		s.order = append(s.order, key)
	}
	s.entries[key] = e
	s.reindex()
	return nil
}

// Delete removes the certificate under key, if there is one.
func (s *Store) Delete(key string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.entries, key)
	s.order = slices.DeleteFunc(s.order, func(k string) bool { return k == key })
	s.reindex()
}

func (s *Store) reindex() {
	x := &index{names: map[string]*tls.Certificate{}}
	for _, key := range s.order {
		e := s.entries[key]
		if x.fallback == nil {
			x.fallback = e.cert
		}
		x.add(e.cert, e.given)
	}
	for _, key := range s.order {
		e := s.entries[key]
		x.add(e.cert, e.names)
	}
	s.index.Store(x)
}

// add has a certificate serve names that none serves yet.
func (x *index) add(cert *tls.Certificate, names []string) {
	for _, name := range names {
		name = strings.ToLower(name)
		if _, taken := x.names[name]; !taken {
			x.names[name] = cert
		}
	}
}

// Names returns the names that have a certificate, sorted.
func (s *Store) Names() []string {
	x := s.index.Load()
	if x == nil {
		return nil
	}
	return slices.Sorted(maps.Keys(x.names))
}

// GetCertificate is for [tls.Config].
func (s *Store) GetCertificate(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
	x := s.index.Load()
	if x == nil || x.fallback == nil {
		return nil, ErrNone
	}
	name := strings.ToLower(strings.TrimSuffix(hello.ServerName, "."))
	if cert, ok := x.names[name]; ok {
		return cert, nil
	}
	if _, parent, ok := strings.Cut(name, "."); ok {
		if cert, ok := x.names["*."+parent]; ok {
			return cert, nil
		}
	}
	return x.fallback, nil
}
