package main

import (
	"fmt"
	"io"
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
		fmt.Fprintf(w, "    %s\n", curlFunction(e, f))
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

// triggerURL is the URL of a function's HTTP trigger: a name under localhost,
// which resolves to this machine.
func triggerURL(e *endpoint, f *manifest.Function) string {
	host := f.Name
	if f.Service != "" {
		host += "." + f.Service
	}
	return e.hostURL(host+"."+e.flags.suffix()) + "/"
}

// curlFunction returns a command line that works: the trigger's URL, or an
// invocation.
func curlFunction(e *endpoint, f site.Served) string {
	fn := f.Function
	t := fn.HTTP()
	if t != nil && !t.DisableURLInternet {
		line := e.curl()
		if t.Methods[0] != "GET" {
			line += "-X " + t.Methods[0] + " "
		}
		return line + triggerURL(e, fn)
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
