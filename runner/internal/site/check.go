package site

import (
	"crypto/tls"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/wafer-run/wafer/runner/internal/front"
	"github.com/wafer-run/wafer/runner/internal/manifest"
)

// Check reports what can be known to be wrong without loading or building
// anything: no functions at all, code that is not there or is nothing that can be
// run, and domains that do not hold together. The error is a [*manifest.Error].
func Check(m *manifest.Manifest) error {
	if len(m.Functions) == 0 {
		return noFunctions(m)
	}
	var problems []manifest.Problem
	for i := range m.Functions {
		problems = append(problems, checkCode(&m.Functions[i])...)
	}
	for i := range m.Domains {
		d := &m.Domains[i]
		if _, err := domainOf(d); err != nil {
			problems = append(problems, domainProblem(d, err))
		}
		problems = append(problems, checkCertificate(d)...)
	}
	return manifest.NewError(problems)
}

// noFunctions is the error for a manifest that has nothing to serve.
func noFunctions(m *manifest.Manifest) error {
	return manifest.NewError([]manifest.Problem{{Pos: manifest.Pos{File: m.File}, Text: "the file describes no functions"}})
}

// Complete adds to an error of [manifest.Parse] what [Check] would say about
// those parts of the file that are in order, so that all mistakes are seen at
// once. Other errors stay as they are.
func Complete(err error) error {
	var bad *manifest.Error
	if !errors.As(err, &bad) || bad.Partial == nil {
		return err
	}
	problems := slices.Clone(bad.Problems)
	for i := range bad.Partial.Functions {
		f := &bad.Partial.Functions[i]
		switch {
		case slices.ContainsFunc(bad.Problems, func(p manifest.Problem) bool { return p.Path != "" && p.Path == f.Code.Field }):
		case f.Code.Path == "" && f.Runtime != "custom-container":
		case manifest.IsRuntime(f.Runtime):
			problems = append(problems, checkCode(f)...)
		default: // what the code should be, nobody knows
			if _, text := stat(f); text != "" {
				problems = append(problems, f.Code.Problem(text))
			}
		}
	}
	for i := range bad.Partial.Domains {
		if d := &bad.Partial.Domains[i]; d.PrivateKey != "" {
			problems = append(problems, checkCertificate(d)...)
		}
	}
	return manifest.NewError(problems)
}

func checkCode(f *manifest.Function) []manifest.Problem {
	if _, text := find(f); text != "" {
		return []manifest.Problem{f.Code.Problem(text)}
	}
	return nil
}

func checkCertificate(d *manifest.Domain) []manifest.Problem {
	if d.Certificate == "" {
		return nil
	}
	if _, err := tls.X509KeyPair([]byte(d.Certificate), []byte(d.PrivateKey)); err != nil {
		return []manifest.Problem{domainProblem(d, fmt.Errorf("certConfig is no certificate and its key in PEM: %w (files are read by ${file('cert.pem')})", err))}
	}
	return nil
}

// Notes are what [Check] lets pass, and may not be meant: the functions are
// served, but not as the file has them.
func Notes(m *manifest.Manifest) []manifest.Problem {
	var (
		all   []*manifest.Function
		notes []manifest.Problem
	)
	for i := range m.Functions {
		all = append(all, &m.Functions[i])
	}
	_, clashes := hostsOf(all)
	for _, c := range clashes {
		notes = append(notes, manifest.Problem{Pos: c.f.Pos, Path: c.f.Path, Text: c.text})
	}
	for _, f := range all {
		if text := unread(f, front.Limits{}); text != "" {
			notes = append(notes, manifest.Problem{Pos: f.Extension.Limits.Pos, Path: f.Extension.Limits.Field, Text: text})
		}
		c, text := find(f)
		if text != "" {
			continue
		}
		if c.doubt != "" {
			notes = append(notes, f.Code.Problem(c.doubt))
		}
		if text := foreign(f, c.kind); text != "" {
			notes = append(notes, manifest.Problem{Pos: f.Pos, Path: f.Path, Text: text})
		}
		if text := shrunk(f); text != "" && (c.kind == module || c.kind == source) {
			notes = append(notes, manifest.Problem{Pos: f.Pos, Path: f.Path, Text: text})
		}
	}
	return notes
}

func domainProblem(d *manifest.Domain, err error) manifest.Problem {
	text := strings.ReplaceAll(err.Error(), fmt.Sprintf("front: domain %q: ", d.Name), "") // which the place says
	return manifest.Problem{Pos: d.Pos, Path: d.Path, Text: "does not work: " + text}
}

// domainOf makes the front's domain of a manifest's.
func domainOf(d *manifest.Domain) (*front.Domain, error) {
	protocol, err := front.ParseProtocol(d.Protocol)
	if err != nil {
		return nil, err
	}
	var routes []front.Route
	for _, r := range d.Routes {
		route := front.Route{Path: r.Path, Methods: r.Methods, Service: r.Service, Function: r.Function}
		if len(r.Equal)+len(r.Wildcard)+len(r.Regex) > 0 {
			route.Rewrite = &front.Rewrite{Equal: rules(r.Equal), Wildcard: rules(r.Wildcard), Regex: rules(r.Regex)}
		}
		routes = append(routes, route)
	}
	return front.NewDomain(d.Name, protocol, routes)
}

func rules(from []manifest.Rule) (to []front.RewriteRule) {
	for _, r := range from {
		to = append(to, front.RewriteRule{Match: r.Match, Replacement: r.Replacement})
	}
	return to
}

// generationOf returns the generation that a function is described in.
func generationOf(f *manifest.Function) front.Generation {
	if f.FC2 {
		return front.FC2
	}
	return front.FC3
}

// triggerOf makes the front's trigger of a function. One without an HTTP trigger
// has no URL.
func triggerOf(f *manifest.Function) *front.Trigger {
	t := f.HTTP()
	if t == nil {
		return &front.Trigger{}
	}
	return &front.Trigger{Methods: t.Methods, DisableURLInternet: t.DisableURLInternet}
}
