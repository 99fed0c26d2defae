package manifest

import (
	"fmt"
	"path/filepath"
	"strings"
)

// Parse reads a manifest. file names it in errors, and its paths are seen from
// its directory; src is its text.
//
// # Errors
//
// An [*Error] with everything that is wrong with the file, or the failure to
// find the working directory.
func Parse(file string, src []byte, opts Options) (*Manifest, error) {
	abs, err := filepath.Abs(file)
	if err != nil {
		return nil, fmt.Errorf("manifest: finding the directory of %s: %w", file, err)
	}
	r := &reader{out: &Manifest{File: file, Dir: filepath.Dir(abs)}, meant: map[string]bool{}}
	doc, problem := parseSyntax(file, src)
	switch {
	case problem != nil:
		return nil, NewError([]Problem{*problem})
	case doc == nil:
		return nil, NewError([]Problem{{Pos: Pos{File: file}, Text: "the file is empty, want edition and resources"}})
	}
	t := newTree(file)
	root := t.build(doc, "", 0)
	r.problems = t.problems
	r.scope = &scope{opts: opts.withDefaults(), dir: r.out.Dir, vars: root.get("vars")}
	r.scope.resources = r.readFrame(root)
	r.readWafer(root.get("vars", "wafer"))
	for _, res := range r.scope.resources {
		r.readResource(res)
	}
	r.checkNames()
	if len(r.problems) > 0 {
		e := newError(r.problems)
		e.Partial = r.out
		return nil, e
	}
	return r.out, nil
}

// reader collects what is read, what is wrong and what is ignored.
type reader struct {
	out      *Manifest
	scope    *scope
	wafer    *node           // vars.wafer.functions
	ignoring bool            // what is being checked is not used
	meant    map[string]bool // paths of fields that a typo stands for
	problems []Problem
}

func (r *reader) report(n *node, format string, args ...any) {
	r.reportAt(n.pos, n.path, format, args...)
}

func (r *reader) reportAt(pos Pos, path, format string, args ...any) {
	r.problems = append(r.problems, Problem{Pos: pos, Path: path, Text: fmt.Sprintf(format, args...)})
}

// ignore notes a field that is there and not used, once for all resources.
func (r *reader) ignore(field, why string, pos Pos, id string) {
	r.out.Ignore(field, why, pos, id)
}

// readResource reads a resource by its component.
func (r *reader) readResource(res resource) {
	component := res.node.get("component")
	if component == nil {
		r.reportAt(res.pos, res.node.path, "has no component, want fc3 or fc")
		return
	}
	component = r.scope.expand(component, res.node)
	for _, f := range res.node.fields {
		switch f.key {
		case "access":
			r.ignore("access", whyAccess, f.pos, res.id)
		case "actions":
			r.ignore("actions", whyActions, f.pos, res.id)
		}
	}
	props := res.node.get("props")
	if props == nil {
		props = &node{kind: mapping, pos: res.pos, path: join(res.node.path, "props")}
	}
	props = r.scope.expand(props, res.node)
	switch name := r.component(component, props); name {
	case "fc3":
		r.check(props, fc3Shape, "", res.id)
		r.readFC3(res, props)
	case "fc":
		r.check(props, fc2Shape, "", res.id)
		r.readFC2(res, props)
	default:
		r.ignore("component "+name, "only the components fc3 and fc make functions", component.pos, res.id)
	}
}

// component returns the name of a component. A wrong one is reported, and taken for
// the one that the properties are for, so that what is wrong with them is seen too.
func (r *reader) component(n, props *node) string {
	name, _, _ := strings.Cut(n.text, "@")
	short := strings.TrimPrefix(name, "devsapp/")
	switch {
	case n.kind != text:
		r.report(n, "%s", wrongKind(n, text))
	case short == "fc3" || short == "fc":
		return short
	case didYouMean(short, []string{"fc3"}) != "" && len(short) < 4:
		r.report(n, "is %s, want fc3 or fc", n.describe())
	default:
		return name
	}
	if props.get("service") != nil || props.get("function") != nil {
		return "fc"
	}
	return "fc3"
}

// checkNames reports functions that are there twice, and routes that lead
// nowhere.
func (r *reader) checkNames() {
	functions := map[string]*Function{}
	for i := range r.out.Functions {
		f := &r.out.Functions[i]
		if first := functions[f.FullName()]; first != nil && f.Name != "" {
			r.reportAt(f.Pos, f.Path, "describes the function %s, which is there already, in line %d", f.FullName(), first.Pos.Line)
			continue
		}
		functions[f.FullName()] = f
	}
	r.checkRoutes(functions)
}
