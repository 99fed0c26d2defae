package front

import (
	"errors"
	"net/url"
	"strings"

	"github.com/wafer-run/wafer/runner"
)

// The paths of FC's API that call functions.
//
//	POST /2023-03-30/functions/{name}/invocations?qualifier=
//	POST /2016-08-15/services/{service}[.{qualifier}]/functions/{name}/invocations
//	ANY  /2016-08-15/proxy/{service}[.{qualifier}]/{name}[/{path}]
//
// A request with the header X-Fc-Invocation-Target names the third path there
// and has a path of its own. A function of FC 2.0 has the name service$name in
// the first.
const (
	api2        = "/2016-08-15/"
	api3        = "/2023-03-30/"
	functions3  = "/2023-03-30/functions/"
	services2   = "/2016-08-15/services/"
	proxy2      = "/2016-08-15/proxy/"
	invocations = "/invocations"
)

// route says which function a request is for, and how it is called.
type route struct {
	gen       Generation
	trigger   bool // an HTTP trigger, not an invocation through the API
	public    bool // no API path: anybody may be calling
	ownURL    bool // a URL that the trigger has of its own: the proxy path, the subdomain
	service   string
	name      string
	qualifier string
	path      string   // of a trigger: the path as the function sees it, encoded
	base      string   // what goes before path in the request's path, on the proxy path
	methods   []string // of a custom domain's route
}

// matchRoute finds the API path that a request has. ok is false when it has
// none of them.
func matchRoute(path, query string) (r route, ok bool) {
	if rest, ok := strings.CutPrefix(path, functions3); ok {
		name, ok := strings.CutSuffix(rest, invocations)
		if !ok || !segment(name) {
			return r, false
		}
		r = route{name: unescape(name), qualifier: qualifierOf(query)}
		// A function of FC 2.0 has both names here.
		if service, name, ok := strings.Cut(r.name, "$"); ok {
			r.service, r.name = service, name
		}
		return r, true
	}
	if rest, ok := strings.CutPrefix(path, services2); ok {
		service, rest, _ := strings.Cut(rest, "/")
		rest, ok := strings.CutPrefix(rest, "functions/")
		name, ok2 := strings.CutSuffix(rest, invocations)
		if !ok || !ok2 || service == "" || !segment(name) {
			return r, false
		}
		r = route{gen: FC2, name: unescape(name)}
		r.setService(service)
		return r, true
	}
	if rest, ok := strings.CutPrefix(path, proxy2); ok {
		return matchProxy(path, rest)
	}
	return r, false
}

// matchProxy reads a path from rest on, which follows the prefix of a proxy path.
// What can be a piece of the path is one.
func matchProxy(path, rest string) (r route, ok bool) {
	service, rest, _ := strings.Cut(rest, "/")
	name, sub, slash := strings.Cut(rest, "/")
	if service == "" || name == "" {
		return r, false
	}
	r = route{gen: FC2, trigger: true, ownURL: true, name: unescape(name)}
	if at := len(path) - len(sub); slash {
		r.path, r.base = path[at-1:], path[:at]
	} else {
		r.path, r.base = "/", path+"/"
	}
	r.setService(service)
	return r, true
}

// setService splits service[.qualifier].
func (r *route) setService(s string) {
	service, qualifier, _ := strings.Cut(s, ".")
	r.service, r.qualifier = unescape(service), unescape(qualifier)
	if r.qualifier == "" {
		r.qualifier = runner.DefaultQualifier
	}
}

// segment reports whether s is one path segment.
func segment(s string) bool { return s != "" && strings.IndexByte(s, '/') < 0 }

// qualifierOf finds the qualifier in a query.
func qualifierOf(query string) string {
	for query != "" {
		var part string
		part, query, _ = strings.Cut(query, "&")
		if v, ok := strings.CutPrefix(part, "qualifier="); ok && v != "" {
			if u, err := url.QueryUnescape(v); err == nil {
				return u
			}
			return v
		}
	}
	return runner.DefaultQualifier
}

// unescape decodes a path segment. A broken one stands for itself: there is no
// function of that name.
func unescape(s string) string {
	if strings.IndexByte(s, '%') < 0 {
		return s
	}
	if u, err := url.PathUnescape(s); err == nil {
		return u
	}
	return s
}

// notFound words an error of [Functions.Lookup] for the route.
func (r *route) notFound(err error) error {
	version := strings.Trim(r.qualifier, "0123456789") == ""
	name := r.name
	if r.gen == FC3 && r.service != "" {
		name = r.service + "$" + r.name // one name there
	}
	switch {
	case errors.Is(err, ErrServiceNotFound) && r.gen == FC2:
		return refuse(serviceNotFound, r.service)
	case errors.Is(err, ErrServiceNotFound), errors.Is(err, ErrFunctionNotFound):
		if r.gen == FC2 {
			return refuse(functionNotFound2, r.name, r.service)
		}
		return refuse(functionNotFound3, name)
	case !errors.Is(err, ErrQualifierNotFound):
		return err
	case r.gen == FC2 && version:
		return refuse(versionNotFound2, r.qualifier, r.service)
	case r.gen == FC2:
		return refuse(aliasNotFound2, r.qualifier, r.service)
	case version:
		return refuse(versionNotFound3, r.qualifier, name)
	}
	return refuse(aliasNotFound3, r.qualifier, name)
}

// excerpt shortens what a client sent, for an error.
func excerpt(s string) string {
	const most = 256
	if len(s) <= most {
		return s
	}
	return s[:most] + "..."
}
