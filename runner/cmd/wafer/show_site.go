package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/wafer-run/wafer/runner/internal/manifest"
	"github.com/wafer-run/wafer/runner/internal/site"
)

// printSite shows what is served and where, with command lines that work.
func printSite(w io.Writer, e *endpoint, m *manifest.Manifest, s *site.Site) error {
	served := s.Served()
	fmt.Fprintf(w, "wafer: serving %s of %s on %s\n\n", count(len(served), "function"), m.File, e.urls())
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(tw, "FUNCTION\tRUNTIME\tCODE\tKIND\tHTTP TRIGGER")
	for _, f := range served {
		fmt.Fprintf(tw, "%s\t%s\t%s\t%s\t%s\n", f.Function.FullName(), f.Function.Runtime, f.Function.Code.Written, f.Kind, triggerText(e, f.Function))
	}
	if err := tw.Flush(); err != nil {
		return err
	}
	for _, d := range m.Domains {
		fmt.Fprintf(w, "\n%s\n", d.Name)
		for _, r := range d.Routes {
			fmt.Fprintf(w, "    %s -> %s\n", r.Path, strings.TrimPrefix(r.Service+"$"+r.Function, "$"))
		}
	}
	fmt.Fprintf(w, "\nTry:\n\n")
	for _, f := range served {
		if line := curlFunction(e, m, f); line != "" {
			fmt.Fprintf(w, "    %s\n", line)
		}
	}
	for i := range m.Domains {
		d := &m.Domains[i]
		if line := e.curlDomain(d, strings.TrimSuffix(d.Routes[0].Path, "*")); line != "" {
			fmt.Fprintf(w, "    %s\n", line)
		}
	}
	_, err := fmt.Fprintln(w)
	return err
}

// triggerText shows a function's HTTP trigger.
func triggerText(e *endpoint, f *manifest.Function) string {
	t := f.HTTP()
	switch {
	case t == nil:
		return "none"
	case t.DisableURLInternet:
		return "closed, but for custom domains"
	}
	return triggerURL(e, f) + " " + strings.Join(t.Methods, " ")
}

// triggerURL is the URL of a function's HTTP trigger: unless a flag says otherwise
// a name under localhost, which resolves to this machine.
func triggerURL(e *endpoint, f *manifest.Function) string {
	return e.hostURL(triggerHost(e, f)) + "/"
}

func triggerHost(e *endpoint, f *manifest.Function) string {
	host := f.Name
	if f.Service != "" {
		host += "." + f.Service
	}
	return host + "." + e.flags.suffix()
}

// curlFunction returns a command line that works: the trigger's URL, or an
// invocation. Where only a custom domain leads to the function it is empty, and
// where nothing does it says so.
func curlFunction(e *endpoint, m *manifest.Manifest, f site.Served) string {
	fn := f.Function
	t := fn.HTTP()
	if t != nil && !t.DisableURLInternet {
		line := e.curlTrigger(triggerHost(e, fn))
		switch method := t.Methods[0]; {
		case slices.Contains(t.Methods, "GET"):
		case method == "HEAD":
			line += "-I "
		default:
			line += "-X " + method + " "
		}
		return line + triggerURL(e, fn)
	}
	if f.NoEvents {
		if hasDomain(m, fn) {
			return ""
		}
		return fmt.Sprintf("# %s takes HTTP requests, and nothing leads any to it: give it a trigger of the type http, or a custom domain", fn.FullName())
	}
	url := e.url() + "/2023-03-30/functions/" + fn.FullName() + "/invocations"
	switch {
	case fn.FC2:
		url = e.url() + "/2016-08-15/services/" + fn.Service + "/functions/" + fn.Name + "/invocations"
	case fn.Service != "":
		url = "'" + url + "'" // shells have a use for $
	}
	return fmt.Sprintf("%s%s -d '{\"key\":\"value\"}'", e.curl(), url)
}

// hasDomain reports whether a custom domain leads to a function.
func hasDomain(m *manifest.Manifest, f *manifest.Function) bool {
	return slices.ContainsFunc(m.Domains, func(d manifest.Domain) bool {
		return slices.ContainsFunc(d.Routes, func(r manifest.Route) bool { return r.Service == f.Service && r.Function == f.Name })
	})
}
