package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/wafer-run/wafer/runner/internal/manifest"
	"github.com/wafer-run/wafer/runner/internal/site"
)

type validateCmd struct {
	fileFlags
	JSON bool `help:"Print everything as JSON."`
}

func (validateCmd) Help() string {
	return `Reads a Serverless Devs file as wafer serve would, and prints everything that is wrong with it, each with its place, or what is in it. Nothing is built or loaded.

Examples:

    wafer validate
    wafer validate prod/s.yaml
    wafer validate --json | jq .problems

Fields that FC knows and wafer has no use for are listed with the reason, and so is, as a warning, what is served but may not be meant: code that will not start, or less memory. Exits with 1 when the file has mistakes.`
}

// verdict is what validate finds, for --json.
type verdict struct {
	File      string             `json:"file"`
	OK        bool               `json:"ok"`
	Problems  []problem          `json:"problems"`
	Functions []entry            `json:"functions"`
	Domains   []string           `json:"domains"`
	Warnings  []problem          `json:"warnings"`
	Ignored   []manifest.Ignored `json:"ignored"`
}

type problem struct {
	manifest.Pos
	Path string `json:"path"`
	Text string `json:"text"`
}

type entry struct {
	ID      string   `json:"id"`
	Name    string   `json:"name"`
	Service string   `json:"service,omitempty"`
	Runtime string   `json:"runtime"`
	Code    string   `json:"code"`
	Kind    string   `json:"kind"`
	Memory  int      `json:"memoryMB"`
	Timeout string   `json:"timeout"`
	Methods []string `json:"methods"` // of the HTTP trigger
}

// Run checks the file.
func (c *validateCmd) Run(_ context.Context, sys *system) error {
	m, err := c.read(sys)
	if err == nil {
		err = site.Check(m)
	} else {
		err = site.Complete(err)
	}
	if c.JSON {
		return printVerdict(sys, m, err)
	}
	if err != nil {
		return mistakes(sys, err)
	}
	fmt.Fprintf(sys.stdout, "%s: %s, %s\n\n", m.File, count(len(m.Functions), "function"), count(len(m.Domains), "custom domain"))
	tw := tabwriter.NewWriter(sys.stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(tw, "FUNCTION\tRUNTIME\tCODE\tKIND\tMEMORY\tTIMEOUT\tHTTP TRIGGER")
	for i := range m.Functions {
		e := entryOf(&m.Functions[i])
		fmt.Fprintf(tw, "%s\t%s\t%s\t%s\t%d MB\t%s\t%s\n", m.Functions[i].FullName(), e.Runtime, e.Code, e.Kind, e.Memory, e.Timeout, or(strings.Join(e.Methods, " "), "none"))
	}
	if err := tw.Flush(); err != nil {
		return err
	}
	notes := site.Notes(m)
	if len(notes)+len(m.Ignored) > 0 {
		fmt.Fprintln(sys.stdout)
	}
	for _, n := range notes {
		fmt.Fprintf(sys.stdout, "warning: %s\n", n)
	}
	for _, i := range m.Ignored {
		fmt.Fprintln(sys.stdout, i)
	}
	return nil
}

func entryOf(f *manifest.Function) entry {
	e := entry{
		ID: f.ID, Name: f.Name, Service: f.Service, Runtime: f.Runtime,
		Code: f.Code.Written, Kind: site.Kind(f), Memory: f.Memory, Timeout: f.Timeout.String(), Methods: []string{},
	}
	if t := f.HTTP(); t != nil {
		e.Methods = t.Methods
	}
	return e
}

// printVerdict prints what was found as JSON, mistakes too.
func printVerdict(sys *system, m *manifest.Manifest, err error) error {
	var bad *manifest.Error
	if err != nil && !errors.As(err, &bad) {
		return err
	}
	v := verdict{OK: err == nil, Problems: []problem{}, Warnings: []problem{}, Functions: []entry{}, Domains: []string{}, Ignored: []manifest.Ignored{}}
	if bad != nil {
		v.File = bad.Problems[0].Pos.File
		for _, p := range bad.Problems {
			v.Problems = append(v.Problems, problem{p.Pos, p.Path, p.Text})
		}
	}
	if m != nil {
		for _, p := range site.Notes(m) {
			v.Warnings = append(v.Warnings, problem{p.Pos, p.Path, p.Text})
		}
		v.File, v.Ignored = m.File, append(v.Ignored, m.Ignored...)
		for i := range m.Functions {
			v.Functions = append(v.Functions, entryOf(&m.Functions[i]))
		}
		for _, d := range m.Domains {
			v.Domains = append(v.Domains, d.Name)
		}
	}
	enc := json.NewEncoder(sys.stdout)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(v); err != nil {
		return err
	}
	if bad != nil {
		return &exitError{code: exitFailure}
	}
	return nil
}

// or returns a, or b where a is empty.
func or(a, b string) string {
	if a == "" {
		return b
	}
	return a
}
