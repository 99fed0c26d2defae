package manifest

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strconv"
	"strings"
)

// scope replaces variables by what they stand for. Nodes are copied, not
// changed; a variable without a value becomes an unresolved node, which is a
// mistake where its field is used.
type scope struct {
	opts      Options
	dir       string // of the manifest, absolute
	vars      *node
	resources []resource
	open      []*node // what is being replaced by its value
	nodes     int     // that were made
	bytes     int     // of text that was made
}

// expand returns n without variables. this is the resource that n is a part of.
func (s *scope) expand(n *node, this *node) *node {
	s.nodes++
	out := *n
	switch n.kind {
	case text:
		return s.expandText(n, this)
	case sequence:
		out.items = make([]*node, len(n.items))
		for i, item := range n.items {
			out.items[i] = s.expand(item, this)
		}
	case mapping:
		out.fields = make([]field, len(n.fields))
		for i, f := range n.fields {
			out.fields[i] = field{key: f.key, pos: f.pos, value: s.expand(f.value, this)}
		}
	}
	return &out
}

func (s *scope) expandText(n *node, this *node) *node {
	if !strings.Contains(n.text, "${") {
		return n
	}
	out := &node{kind: unresolved, pos: n.pos, path: n.path}
	pieces, err := split(n.text)
	if err != nil {
		out.text = err.Error()
		return out
	}
	if len(pieces) == 1 {
		v := pieces[0].variable
		return s.rebase(s.value(v, this), n, v.source)
	}
	var b strings.Builder
	for _, p := range pieces {
		if p.variable == nil {
			b.WriteString(p.text)
			continue
		}
		v := s.value(p.variable, this)
		switch {
		case v.kind == unresolved:
			out.text = v.text
			return out
		case v.kind&(sequence|mapping) != 0:
			out.text = fmt.Sprintf("has ${%s} within a text, which is %s", p.variable.source, v.describe())
			return out
		case v.kind != null:
			b.WriteString(v.text)
		}
	}
	if s.bytes += b.Len(); s.bytes > maxText {
		return s.tooMuch(out)
	}
	out.kind, out.text, out.loose = text, b.String(), true
	return out
}

func (s *scope) tooMuch(n *node) *node {
	n.kind, n.text = unresolved, fmt.Sprintf("comes to too much: variables may stand for at most %d values and %d bytes of text in a file", maxNodes, maxText)
	return n
}

// rebase gives a value the place of the text that stood for it.
func (s *scope) rebase(value, at *node, from string) *node {
	out := *value
	out.from = from
	out.pos = at.pos
	s.repath(&out, at.path)
	return &out
}

// repath gives a copy of a value, and copies of what is in it, another path.
func (s *scope) repath(n *node, path string) {
	s.nodes++
	n.path = path
	n.items, n.fields = slices.Clone(n.items), slices.Clone(n.fields)
	for i, item := range n.items {
		c := *item
		s.repath(&c, path+"["+strconv.Itoa(i)+"]")
		n.items[i] = &c
	}
	for i, f := range n.fields {
		c := *f.value
		s.repath(&c, join(path, f.key))
		n.fields[i].value = &c
	}
}

func unknown(format string, args ...any) *node {
	return &node{kind: unresolved, text: fmt.Sprintf(format, args...)}
}

func outside(s string) *node { return &node{kind: text, text: s, loose: true} }

// value returns what a variable stands for.
func (s *scope) value(v *variable, this *node) *node {
	if s.nodes++; s.nodes > maxNodes || s.bytes > maxText {
		return s.tooMuch(&node{})
	}
	if v.call {
		return s.call(v)
	}
	const deployed = "needs ${%s}, which only a deployment knows"
	switch first := v.names[0]; first {
	case "vars":
		return s.walk(v, s.vars, v.names[1:], this)
	case "this":
		return s.walk(v, this, v.names[1:], this)
	case "env": // ${env.X} of editions before 3
		if len(v.names) == 2 {
			return s.environment(v, v.names[1:])
		}
	case "config", "credential", "credentials":
		return unknown("needs ${%s}, which the Serverless Devs tool keeps and wafer does not look at", v.source)
	case "resources", "services", "projects":
		if len(v.names) > 1 {
			return s.resource(v, v.names[1], v.names[2:], deployed)
		}
	default: // ${A.props.x} of editions before 3
		if len(v.names) > 1 && s.find(first) != nil {
			return s.resource(v, first, v.names[1:], deployed)
		}
	}
	return unknown("has the unknown variable ${%s}: want vars.x, env('N', 'default'), file('p'), path('p'), resources.A.props.x or this.props.x", excerpt(v.source))
}

func (s *scope) find(id string) *node {
	for _, r := range s.resources {
		if r.id == id {
			return r.node
		}
	}
	return nil
}

func (s *scope) resource(v *variable, id string, names []string, deployed string) *node {
	r := s.find(id)
	if r == nil {
		var ids []string
		for _, r := range s.resources {
			ids = append(ids, r.id)
		}
		return unknown("needs ${%s}, and there is no resource %s%s", v.source, id, didYouMean(id, ids))
	}
	if len(names) > 0 && (names[0] == "output" || names[0] == "info") {
		return unknown(deployed, v.source)
	}
	return s.walk(v, r, names, r)
}

// walk follows names into a value. this is the resource that the value is in.
func (s *scope) walk(v *variable, n *node, names []string, this *node) *node {
	done := ""
	for _, name := range names {
		if n != nil && n.kind == text {
			n = s.follow(v, n, this)
		}
		if n != nil && n.kind == unresolved {
			return n
		}
		next := n.lookup(name)
		if i, err := strconv.Atoi(name); err == nil && n != nil && n.kind == sequence && i >= 0 && i < len(n.items) {
			next = n.items[i]
		}
		if next == nil {
			var keys []string
			if n != nil {
				for _, f := range n.fields {
					keys = append(keys, f.key)
				}
			}
			return unknown("needs ${%s}, and there is no %s%s", v.source, strings.TrimPrefix(done+"."+name, "."), didYouMean(name, keys))
		}
		n, done = next, done+"."+name
	}
	if n == nil {
		return unknown("needs ${%s}, and there is none", v.source)
	}
	return s.follow(v, n, this)
}

// follow replaces the variables in a value that another one refers to.
func (s *scope) follow(v *variable, n *node, this *node) *node {
	if slices.Contains(s.open, n) {
		return unknown("needs ${%s}, which comes to itself again", v.source)
	}
	if len(s.open) >= maxDepth {
		return unknown("needs ${%s}, which refers to variables through more than %d others", v.source, maxDepth)
	}
	s.open = append(s.open, n)
	defer func() { s.open = s.open[:len(s.open)-1] }()
	return s.expand(n, this)
}

// call returns the value of a function.
func (s *scope) call(v *variable) *node {
	name := strings.Join(v.names, ".")
	most := map[string]int{"env": 2, "file": 1, "path": 1, "config": 1}[name]
	switch {
	case most == 0:
		return unknown("has the unknown function ${%s}: want env('N', 'default'), file('p') or path('p')", excerpt(v.source))
	case len(v.args) < 1 || len(v.args) > most || v.args[0] == "":
		return unknown("has ${%s} with %d arguments, want %s", excerpt(v.source), len(v.args), map[int]string{1: "one", 2: "one or two"}[most])
	}
	switch name {
	case "env":
		return s.environment(v, v.args)
	case "config":
		return unknown("needs ${%s}, which the Serverless Devs tool keeps and wafer does not look at", v.source)
	case "path":
		return outside(seenFrom(s.dir, v.args[0]))
	}
	b, err := s.opts.ReadFile(seenFrom(s.dir, v.args[0]))
	var at *fs.PathError
	if errors.As(err, &at) {
		err = at.Err // the path is in the variable
	}
	if err != nil {
		return unknown("needs ${%s}, which cannot be read: %v", v.source, err)
	}
	if s.bytes += len(b); s.bytes > maxText {
		return s.tooMuch(&node{})
	}
	return outside(string(b))
}

func (s *scope) environment(v *variable, args []string) *node {
	if value, ok := s.opts.env(args[0]); ok {
		return outside(value)
	}
	if len(args) == 2 {
		return outside(args[1])
	}
	return unknown("needs ${%s}, and %s is neither set in the environment nor has a default", v.source, args[0])
}
