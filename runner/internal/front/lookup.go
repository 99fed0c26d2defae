package front

import (
	"bytes"
	"errors"
	"net/url"
	"strings"

	"github.com/wafer-run/wafer/runner"
)

// readURI takes the request's URI apart.
func (x *exchange) readURI() {
	x.uri = string(x.rc.RequestURI())
	if !strings.HasPrefix(x.uri, "/") {
		if _, rest, ok := strings.Cut(x.uri, "://"); ok { // as sent to a proxy
			if i := strings.IndexAny(rest, "/?#"); i < 0 {
				x.uri = "/"
			} else if x.uri = rest[i:]; x.uri[0] != '/' {
				x.uri = "/" + x.uri
			}
		}
	}
	x.sent = len(x.uri)
	x.path, x.query, _ = strings.Cut(x.uri, "?")
}

// findRoute decides what the request is, and finds its function. A host that
// belongs to a function comes first: all of its paths are the function's.
func (x *exchange) findRoute() error {
	host := hostName(x.rc.Request.Header.Host())
	var text string // host, where it is needed as such
	if x.s.cfg.Domains != nil {
		text = string(host)
		if d, ok := x.s.cfg.Domains.Domain(strings.ToLower(text)); ok {
			return x.findInDomain(d)
		}
	}
	named, unknown, err := x.findByHost(host, text)
	if err != nil || x.target.Function != nil {
		return err
	}
	if err := x.findByPath(); err != nil || x.target.Function != nil {
		return err
	}
	if t, ok := x.s.cfg.Functions.Single(); ok {
		x.target = t
		x.route = route{gen: t.generation(FC3), trigger: true, public: true, path: x.path}
		return nil
	}
	switch {
	case unknown != nil:
		x.route = named
		return unknown
	case x.s.cfg.Domains != nil && isDomainName(host) && !isAPI(x.path):
		x.route = route{trigger: true, public: true, path: x.path} // so that the error is one of HTTP triggers
		return refuse(domainNameNotFound, excerpt(string(host)))
	}
	return refuse(pathNotSupported, excerpt(x.path), x.rc.Method())
}

// findByHost finds the function whose trigger has the host. Where there is none
// of that name, unknown says so, for when nothing else takes the request. text is
// host or empty.
func (x *exchange) findByHost(host []byte, text string) (r route, unknown, err error) {
	suffix := x.s.cfg.TriggerSuffix
	at := len(host) - len(suffix) - 1
	if at <= 0 || host[at] != '.' || !strings.EqualFold(string(host[at+1:]), suffix) {
		return route{}, nil, nil
	}
	if text == "" {
		text = string(host)
	}
	name, service, _ := strings.Cut(text[:at], ".")
	r = route{
		gen: generationOf(service), trigger: true, public: true, ownURL: true,
		service: service, name: name, qualifier: runner.DefaultQualifier, path: x.path,
	}
	t, err := x.s.cfg.Functions.Lookup(r.service, r.name, r.qualifier)
	if isNotFound(err) {
		if itsService, itsName := x.s.hostName(service, name); itsName != name || itsService != service {
			r.service, r.name = itsService, itsName
			t, err = x.s.cfg.Functions.Lookup(r.service, r.name, r.qualifier)
		}
	}
	switch {
	case isNotFound(err):
		return r, r.notFound(err), nil
	case err != nil:
		return r, nil, err
	}
	r.gen = t.generation(r.gen)
	x.route, x.target = r, t
	return r, nil, nil
}

// hostName returns the names of the function that the names in a host stand for,
// if there is one.
func (s *Server) hostName(service, name string) (itsService, itsName string) {
	if names, ok := s.cfg.Functions.(hostNames); ok {
		if itsService, itsName, ok = names.HostName(service, name); ok {
			return itsService, itsName
		}
		return service, name
	}
	return strings.ToLower(service), strings.ToLower(name)
}

// findByPath finds the function that an API path names.
func (x *exchange) findByPath() error {
	var ok bool
	if x.route, ok = matchRoute(x.path, x.query); ok {
		if !x.route.trigger && !x.rc.IsPost() {
			return refuse(pathNotSupported, excerpt(x.path), x.rc.Method())
		}
		return x.findFunction()
	}
	if strings.HasPrefix(x.path, api2) {
		x.route.gen = FC2 // of the error
	}
	named := x.rc.Request.Header.Peek(hTarget)
	if len(named) == 0 {
		return nil
	}
	// The function's name is in the header, the path is all its own.
	if x.route, ok = matchRoute("/"+strings.TrimPrefix(string(named), "/"), ""); !ok || !x.route.trigger {
		return refuse(invalidArgument, hTarget+" is '"+excerpt(string(named))+"', want 2016-08-15/proxy/{service}[.{qualifier}]/{function}")
	}
	x.route.path, x.route.base = x.path, ""
	return x.findFunction()
}

// findInDomain finds the function that a path of a custom domain leads to.
func (x *exchange) findInDomain(d *Domain) error {
	x.route = route{trigger: true, public: true, path: x.path}
	if secure := x.rc.IsTLS(); secure && d.protocol == HTTPOnly || !secure && d.protocol == HTTPSOnly {
		want := "HTTP"
		if !secure {
			want = "HTTPS"
		}
		return refuse(accessDenied, "domain name '"+d.name+"' is served over "+want+" only")
	}
	to := d.route(x.path)
	if to == nil {
		return refuse(pathNotSupported, excerpt(x.path), x.rc.Method())
	}
	x.route = route{
		gen: generationOf(to.Service), trigger: true, public: true, path: x.path,
		service: to.Service, name: to.Function, qualifier: to.Qualifier, methods: to.Methods,
	}
	if to.rewrite != nil {
		x.route.path, x.query = to.rewrite.apply(x.path, x.query)
		x.uri = x.route.path
		if x.query != "" {
			x.uri += "?" + x.query
		}
	}
	if err := x.findFunction(); err != nil {
		return err
	}
	x.route.gen = x.target.generation(x.route.gen)
	return nil
}

// findFunction looks the route's function up.
func (x *exchange) findFunction() error {
	r := &x.route
	t, err := x.s.cfg.Functions.Lookup(r.service, r.name, r.qualifier)
	if err != nil {
		return r.notFound(err)
	}
	x.target = t
	return nil
}

func isNotFound(err error) bool {
	return errors.Is(err, ErrFunctionNotFound) || errors.Is(err, ErrServiceNotFound) || errors.Is(err, ErrQualifierNotFound)
}

// isAPI reports whether a path is one of FC's API, also of those that do not
// call functions.
func isAPI(path string) bool {
	return strings.HasPrefix(path, api2) || strings.HasPrefix(path, api3)
}

// hostName is a host without its port and the dot at its end.
func hostName(host []byte) []byte {
	if i := bytes.LastIndexByte(host, ':'); i > bytes.IndexByte(host, ']') {
		host = host[:i]
	}
	return bytes.TrimSuffix(host, []byte("."))
}

// isDomainName reports whether a host is a name of several labels, and no
// address.
func isDomainName(host []byte) bool {
	dot := bytes.LastIndexByte(host, '.')
	return dot > 0 && len(bytes.Trim(host[dot+1:], "0123456789")) > 0 && host[0] != '['
}

// decodedPath is the path that a trigger's function sees.
func (x *exchange) decodedPath() (string, error) {
	p, err := url.PathUnescape(x.route.path)
	if err != nil {
		return "", refuse(invalidArgument, "the path '"+excerpt(x.route.path)+"' is not percent-encoded: "+err.Error())
	}
	return p, nil
}
