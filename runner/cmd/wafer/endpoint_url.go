package main

import (
	"fmt"
	"maps"
	"net"
	"net/netip"
	"path/filepath"
	"strings"

	"github.com/wafer-run/wafer/runner/internal/front"
	"github.com/wafer-run/wafer/runner/internal/manifest"
)

// url is where functions are served: over HTTP where they are served over both.
func (e *endpoint) url() string {
	if e.plain == nil {
		return "https://" + e.secure.Addr().String()
	}
	return "http://" + e.plain.Addr().String()
}

// urls is where functions are served, for people.
func (e *endpoint) urls() string {
	if e.plain != nil && e.secure != nil {
		return e.url() + " and https://" + e.secure.Addr().String()
	}
	return e.url()
}

// hostURL is url with a host in place of the address.
func (e *endpoint) hostURL(host string) string {
	scheme, ln := "http", e.plain
	if ln == nil {
		scheme, ln = "https", e.secure
	}
	_, port, err := net.SplitHostPort(ln.Addr().String())
	if err != nil {
		return e.url() // of no kind that has a port
	}
	return fmt.Sprintf("%s://%s", scheme, net.JoinHostPort(host, port))
}

// curl begins a command line that asks url: its certificate is hardly for the
// address.
func (e *endpoint) curl() string {
	if e.plain == nil {
		return "curl -k "
	}
	return "curl "
}

// curlDomain is a command line that asks a custom domain over what it is served
// over, "" where it is not served.
func (e *endpoint) curlDomain(d *manifest.Domain, path string) string {
	protocol, err := front.ParseProtocol(d.Protocol)
	switch {
	case err != nil:
		return ""
	case e.plain != nil && protocol != front.HTTPSOnly:
		return fmt.Sprintf("curl -H 'Host: %s' http://%s%s", d.Name, e.plain.Addr(), path)
	case e.secure == nil || protocol == front.HTTPOnly:
		return ""
	}
	// The name must be in the handshake, too: it picks the certificate.
	addr, err := netip.ParseAddrPort(e.secure.Addr().String())
	if err != nil {
		return ""
	}
	return fmt.Sprintf("curl -k %shttps://%s:%d%s", resolve(d.Name, addr), d.Name, addr.Port(), path)
}

// curlTrigger begins a command line that asks the host of an HTTP trigger, which
// only under localhost is this machine everywhere.
func (e *endpoint) curlTrigger(host string) string {
	ln := e.plain
	if ln == nil {
		ln = e.secure
	}
	addr, err := netip.ParseAddrPort(ln.Addr().String())
	if suffix := "." + e.flags.suffix(); err != nil || strings.HasSuffix(strings.ToLower(suffix), "."+front.DefaultTriggerSuffix) {
		return e.curl()
	}
	return e.curl() + resolve(host, addr)
}

// resolve is curl's flag that a host has an address.
func resolve(host string, addr netip.AddrPort) string {
	ip := addr.Addr().String()
	switch {
	case addr.Addr().IsUnspecified():
		ip = "127.0.0.1"
	case addr.Addr().Is6():
		ip = "[" + ip + "]"
	}
	return fmt.Sprintf("--resolve %s:%d:%s ", host, addr.Port(), ip)
}

// certify serves the custom domains' own certificates, where there is TLS, and
// warns of domains that are not served as their protocol says. Each warning is
// given once, however often a file is read. Certificates that the file no longer
// has are dropped.
func (e *endpoint) certify(m *manifest.Manifest) error {
	before := e.certified
	e.certified = map[string]bool{}
	for i := range m.Domains {
		d := &m.Domains[i]
		if text := e.unserved(d); text != "" {
			e.warn(d, text)
		}
		switch {
		case d.Certificate == "":
		case e.secure == nil:
			e.warn(d, "has a certificate, which is not used: nothing is served over TLS without --listen-tls or --tls-cert")
		default:
			key := filepath.Base(m.File) + " " + d.Name
			if err := e.certs.Put(key, []byte(d.Certificate), []byte(d.PrivateKey), d.Name); err != nil {
				maps.Copy(e.certified, before) // the file does not count
				return fmt.Errorf("%s: %s: %w", d.Pos, d.Path, err)
			}
			e.certified[key] = true
		}
	}
	for key := range before {
		if !e.certified[key] {
			e.certs.Delete(key)
		}
	}
	return nil
}

// unserved says what of a domain's protocol is not served, "" where all of it is.
func (e *endpoint) unserved(d *manifest.Domain) string {
	protocol, err := front.ParseProtocol(d.Protocol)
	if err != nil {
		return "" // a mistake, which is reported elsewhere
	}
	const addHTTPS, addHTTP = "--listen-tls HOST:PORT adds HTTPS", "HTTPS on --listen-tls leaves --listen to HTTP"
	missing, instead := "HTTPS", addHTTPS
	switch {
	case e.secure == nil && protocol != front.HTTPOnly:
	case e.plain == nil && protocol != front.HTTPSOnly:
		missing, instead = "HTTP", addHTTP
	default:
		return ""
	}
	if protocol == front.HTTPAndHTTPS {
		return fmt.Sprintf("has the protocol %s, and nothing is served over %s: %s", d.Protocol, missing, instead)
	}
	return fmt.Sprintf("has the protocol %s, and nothing is served over %s: all its requests are refused (%s)", strings.ToUpper(d.Protocol), missing, instead)
}

// warn says something about a domain, once.
func (e *endpoint) warn(d *manifest.Domain, text string) {
	key := d.Name + " " + text
	if e.warned[key] {
		return
	}
	if e.warned == nil {
		e.warned = map[string]bool{}
	}
	e.warned[key] = true
	fmt.Fprintf(e.sys.stderr, "wafer: %s: the domain %s %s\n", d.Pos, d.Name, text)
}
