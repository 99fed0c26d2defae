package front

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Domains knows the custom domains. It is asked once per request, from many
// goroutines at once.
type Domains interface {
	// Domain finds a domain by its name, in lower case and without a port.
	Domain(host string) (*Domain, bool)
}

// Protocol says over what a custom domain is served.
type Protocol uint8

const (
	HTTPAndHTTPS Protocol = iota // "HTTP,HTTPS"
	HTTPOnly                     // "HTTP"
	HTTPSOnly                    // "HTTPS"
)

// ParseProtocol reads a protocol as configurations have it. Empty means HTTP.
func ParseProtocol(s string) (Protocol, error) {
	switch strings.ReplaceAll(strings.ToUpper(s), " ", "") {
	case "HTTP,HTTPS", "HTTPS,HTTP":
		return HTTPAndHTTPS, nil
	case "", "HTTP":
		return HTTPOnly, nil
	case "HTTPS":
		return HTTPSOnly, nil
	}
	return 0, fmt.Errorf("front: the protocol is %q, want HTTP, HTTPS or HTTP,HTTPS", s)
}

// Domain is a custom domain: a name and the routes under it. It cannot be
// changed and is safe for concurrent use.
type Domain struct {
	name     string
	protocol Protocol
	exact    map[string]*compiledRoute
	prefixes []*compiledRoute // longest first
}

// NewDomain makes a domain.
//
// # Errors
//
// Everything that is wrong with the name and the routes, joined.
func NewDomain(name string, protocol Protocol, routes []Route) (*Domain, error) {
	d := &Domain{name: strings.ToLower(strings.TrimSuffix(name, ".")), protocol: protocol, exact: map[string]*compiledRoute{}}
	var errs []error
	bad := func(format string, args ...any) {
		errs = append(errs, fmt.Errorf("front: domain %q: "+format, append([]any{name}, args...)...))
	}
	if d.name == "" || strings.ContainsAny(d.name, "/: \t") {
		bad("the name is no host name without a port")
	}
	if protocol > HTTPSOnly {
		bad("the protocol is %d, want one of the constants", protocol)
	}
	if len(routes) == 0 {
		bad("there are no routes")
	}
	for i, r := range routes {
		c, err := r.compile()
		if err != nil {
			bad("route %d (%q): %w", i+1, r.Path, err)
			continue
		}
		if err := d.add(c); err != nil {
			bad("route %d: %w", i+1, err)
		}
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	slices.SortStableFunc(d.prefixes, func(a, b *compiledRoute) int { return len(b.prefix) - len(a.prefix) })
	return d, nil
}

func (d *Domain) add(c *compiledRoute) error {
	if !c.wildcard {
		if d.exact[c.prefix] != nil {
			return fmt.Errorf("the path %q has a route already", c.Path)
		}
		d.exact[c.prefix] = c
		return nil
	}
	for _, other := range d.prefixes {
		if other.prefix == c.prefix {
			return fmt.Errorf("the path %q has a route already", c.Path)
		}
	}
	d.prefixes = append(d.prefixes, c)
	return nil
}

// Name returns the domain's name in lower case.
func (d *Domain) Name() string { return d.name }

// Protocol returns over what the domain is served.
func (d *Domain) Protocol() Protocol { return d.protocol }

// route finds the route for a path: the one of exactly that path, or else the
// one with the longest matching prefix.
func (d *Domain) route(path string) *compiledRoute {
	if r := d.exact[path]; r != nil {
		return r
	}
	for _, r := range d.prefixes {
		if strings.HasPrefix(path, r.prefix) {
			return r
		}
	}
	return nil
}
