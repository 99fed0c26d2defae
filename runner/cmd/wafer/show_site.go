package main

import (
	"fmt"
	"io"
	"net"
	"strings"
	"text/tabwriter"

	"github.com/wafer-run/wafer/runner/internal/manifest"
	"github.com/wafer-run/wafer/runner/internal/site"
)

// printSite shows what is served and where, with command lines that work.
func printSite(w io.Writer, e *endpoint, m *manifest.Manifest, s *site.Site) error {
	served := s.Served()
	fmt.Fprintf(w, "wafer: serving %s of %s on %s\n\n", count(len(served), "function"), m.File, e.url())
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
	for _, d := range m.Domains {
		fmt.Fprintf(w, "    curl %s-H 'Host: %s' %s%s\n", insecure(e), d.Name, e.url(), strings.TrimSuffix(d.Routes[0].Path, "*"))
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
	scheme := "http"
	if e.tls() {
		scheme = "https"
	}
	host := f.Name
	if f.Service != "" {
		host += "." + f.Service
	}
	_, port, err := net.SplitHostPort(e.ln.Addr().String())
	if err != nil {
		return e.url() + "/"
	}
	return fmt.Sprintf("%s://%s.%s:%s/", scheme, host, e.flags.suffix(), port)
}

// curlFunction returns a command line that works: the trigger's URL, or an
// invocation.
func curlFunction(e *endpoint, f site.Served) string {
	fn := f.Function
	t := fn.HTTP()
	if t != nil && !t.DisableURLInternet {
		line := "curl " + insecure(e)
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
	return fmt.Sprintf("curl %s%s -d '{\"key\":\"value\"}'", insecure(e), url)
}

// insecure is the flag for certificates that are hardly for this address.
func insecure(e *endpoint) string {
	if e.tls() {
		return "-k "
	}
	return ""
}
