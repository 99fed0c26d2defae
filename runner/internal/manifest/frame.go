package manifest

import (
	"fmt"
	"slices"
	"strings"
)

// resource is an entry of resources or services: a component and its
// properties, with those of the template it extends.
type resource struct {
	id   string
	pos  Pos
	node *node
}

// Fields of the file and of a resource. The empty ones are read by frame.go, or
// are ignored.
var (
	fileFields = []string{"edition", "name", "access", "vars", "template", "resources", "services", "actions", "flow"}
	partFields = []string{"component", "props", "actions", "extend", "access"}
)

const (
	whyAccess  = "wafer needs no access to an account"
	whyActions = "wafer runs no commands around a deployment"
)

// readFrame checks the outermost fields and returns the resources.
func (r *reader) readFrame(root *node) (resources []resource) {
	if root.kind != mapping {
		r.report(root, "is %s, want a mapping with edition and resources", root.describe())
		return nil
	}
	for _, f := range root.fields {
		if !slices.Contains(fileFields, f.key) {
			r.reportAt(f.pos, f.key, "is unknown%s", orOneOf(f.key, fileFields))
		}
		switch f.key {
		case "access":
			r.ignore("access", whyAccess, f.pos, "")
		case "actions":
			r.ignore("actions", whyActions, f.pos, "")
		case "flow":
			r.ignore("flow", "wafer loads all functions at once", f.pos, "")
		}
	}
	r.out.Name = root.get("name").str()
	r.readEdition(root.get("edition"))
	all, old := root.get("resources"), root.get("services")
	switch {
	case all != nil && old != nil:
		r.report(old, "is there beside resources, want one of them")
	case old != nil:
		all = old
	case all == nil:
		r.report(root, "there is no resources, the mapping of what to serve")
		return nil
	}
	if all.kind != mapping {
		r.report(all, "is %s, want a mapping of resources", all.describe())
		return nil
	}
	for _, f := range all.fields {
		if f.value.kind != mapping {
			r.report(f.value, "is %s, want a mapping with component and props", f.value.describe())
			continue
		}
		resources = append(resources, resource{id: f.key, pos: f.pos, node: r.extend(f.value, root.get("template"))})
	}
	return resources
}

func (r *reader) readEdition(n *node) {
	if n == nil {
		return // the tool takes it for its own
	}
	r.out.Edition = n.text
	if major, _, _ := strings.Cut(n.text, "."); n.kind&(text|integer|float) == 0 || !slices.Contains([]string{"1", "2", "3"}, major) {
		r.report(n, "is %s, want 3.0.0, 2.0.0 or 1.0.0", n.describe())
	}
}

// extend puts a resource on top of the template that it names.
func (r *reader) extend(n, templates *node) *node {
	for _, f := range n.fields {
		if !slices.Contains(partFields, f.key) {
			r.reportAt(f.pos, join(n.path, f.key), "is unknown%s", orOneOf(f.key, partFields))
		}
	}
	by := n.get("extend")
	if by == nil {
		return n
	}
	if by.kind != mapping {
		r.report(by, "is %s, want a mapping with the name of a template", by.describe())
		return n
	}
	for _, f := range by.fields {
		if f.key != "name" {
			r.reportAt(f.pos, join(by.path, f.key), "is unknown%s", orOneOf(f.key, []string{"name"}))
		}
	}
	name := by.get("name")
	if name.str() == "" {
		r.report(by, "has no name, want that of a template")
		return n
	}
	base := templates.get(name.str())
	if base == nil || base.kind != mapping {
		var names []string
		if templates != nil {
			for _, f := range templates.fields {
				names = append(names, f.key)
			}
		}
		r.report(name, "is %s, and there is no such template%s", name.describe(), didYouMean(name.str(), names))
		return n
	}
	props := n.get("props")
	if props == nil {
		props = &node{kind: mapping, pos: n.pos, path: join(n.path, "props")}
	}
	if props.kind == mapping {
		props = overlay(base, props)
	}
	out := *n
	out.fields = slices.DeleteFunc(slices.Clone(n.fields), func(f field) bool { return f.key == "props" })
	out.fields = append(out.fields, field{key: "props", pos: props.pos, value: props})
	return &out
}

// overlay puts top on base. Mappings are merged, all else is replaced.
func overlay(base, top *node) *node {
	out := *top
	out.fields = slices.Clone(top.fields)
	for _, b := range base.fields {
		i := slices.IndexFunc(out.fields, func(f field) bool { return f.key == b.key })
		switch {
		case i < 0:
			out.fields = append(out.fields, b)
		case out.fields[i].value.kind == mapping && b.value.kind == mapping:
			out.fields[i].value = overlay(b.value, out.fields[i].value)
		}
	}
	return &out
}

// orOneOf suggests a name, or lists them all.
func orOneOf(got string, names []string) string {
	if hint := didYouMean(got, names); hint != "" {
		return hint
	}
	return fmt.Sprintf(", want one of %s", strings.Join(names, ", "))
}
