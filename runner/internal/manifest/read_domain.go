package manifest

import (
	"slices"
	"strings"
)

// readDomain reads a custom domain and its routes, which lead to the function
// where they do not name another one. Several functions may share a domain.
func (r *reader) readDomain(n *node, routes []*node, f *Function) {
	if n.kind != mapping {
		return
	}
	d := Domain{
		Name: n.get("domainName").str(), Protocol: n.get("protocol").str(),
		Certificate: n.get("certConfig", "certificate").str(), PrivateKey: n.get("certConfig", "privateKey").str(),
		Pos: n.pos, Path: n.path,
	}
	if auth := n.get("authConfig"); auth != nil && auth.get("authType").str() != "anonymous" {
		r.protected(auth, "customDomain.authConfig", "asks for authentication, which wafer does not check", f)
	}
	if d.Name == "auto" {
		r.ignore("customDomain auto", "only FC has domains to give away; the trigger's URL answers", n.pos, f.ID)
		return
	}
	for _, route := range routes {
		d.Routes = append(d.Routes, readRoute(n, route, f))
	}
	r.addDomain(d)
}

// readRoute reads a route. FC 3.0 may have none: the function gets every path.
func readRoute(domain, n *node, f *Function) Route {
	to := Route{Path: "/*", Service: f.Service, Function: f.Name, Pos: domain.pos, FieldPath: domain.path}
	if n == nil || n.kind != mapping {
		return to
	}
	to.Pos, to.FieldPath = n.pos, n.path
	if path := n.get("path").str(); path != "" {
		to.Path = path
	}
	if service := n.get("serviceName").str(); service != "" {
		to.Service = service
	}
	if name := n.get("functionName").str(); name != "" {
		to.Function = name
	}
	to.Methods = n.get("methods").strings()
	rewrite := n.get("rewriteConfig")
	to.Equal = readRules(rewrite.get("equalRules"))
	to.Wildcard = readRules(rewrite.get("wildcardRules"))
	to.Regex = readRules(rewrite.get("regexRules"))
	return to
}

func readRules(n *node) (rules []Rule) {
	for _, item := range n.list() {
		rules = append(rules, Rule{Match: item.get("match").str(), Replacement: item.get("replacement").str()})
	}
	return rules
}

// addDomain takes a domain up, or its routes where it is known already.
func (r *reader) addDomain(d Domain) {
	i := slices.IndexFunc(r.out.Domains, func(other Domain) bool { return strings.EqualFold(other.Name, d.Name) })
	if i < 0 {
		r.out.Domains = append(r.out.Domains, Domain{
			Name: d.Name, Protocol: d.Protocol, Certificate: d.Certificate, PrivateKey: d.PrivateKey, Pos: d.Pos, Path: d.Path,
		})
		i = len(r.out.Domains) - 1
	}
	known := &r.out.Domains[i]
	if known.Protocol != d.Protocol {
		r.reportAt(d.Pos, d.Path, "has the protocol %s for the domain %s, which has %s in line %d", d.Protocol, d.Name, known.Protocol, known.Pos.Line)
	}
	if known.Certificate == "" {
		known.Certificate, known.PrivateKey = d.Certificate, d.PrivateKey
	}
	for _, route := range d.Routes {
		j := slices.IndexFunc(known.Routes, func(other Route) bool { return other.Path == route.Path })
		if j >= 0 {
			r.reportAt(route.Pos, route.FieldPath, "leads %s%s to a function, which line %d does already", d.Name, route.Path, known.Routes[j].Pos.Line)
			continue
		}
		known.Routes = append(known.Routes, route)
	}
}

// checkRoutes notes the routes to functions that are not in the file.
func (r *reader) checkRoutes(functions map[string]*Function) {
	for i := range r.out.Domains {
		d := &r.out.Domains[i]
		d.Routes = slices.DeleteFunc(d.Routes, func(to Route) bool {
			full := (&Function{Service: to.Service, Name: to.Function}).FullName()
			if functions[full] != nil || to.Function == "" {
				return false
			}
			r.ignore("a route of "+d.Name+" to "+full, "the file has no such function", to.Pos, "")
			return true
		})
	}
	r.out.Domains = slices.DeleteFunc(r.out.Domains, func(d Domain) bool { return len(d.Routes) == 0 })
}
