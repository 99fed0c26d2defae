package manifest

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/token"
)

// tree turns a document into nodes: aliases and merge keys are replaced by what
// they stand for.
type tree struct {
	file     string
	anchors  map[string]ast.Node
	open     map[string]bool // anchors whose value is being made
	left     int             // nodes that may still be made
	full     bool            // that has been said
	problems []Problem
}

func newTree(file string) *tree {
	return &tree{file: file, anchors: map[string]ast.Node{}, open: map[string]bool{}, left: maxNodes}
}

func (t *tree) problem(at ast.Node, path, format string, args ...any) {
	t.problems = append(t.problems, Problem{Pos: place(t.file, at.GetToken()), Path: path, Text: fmt.Sprintf(format, args...)})
}

// build makes a node, which has the path.
func (t *tree) build(src ast.Node, path string, depth int) *node {
	n := &node{kind: null, path: path, pos: Pos{File: t.file}}
	if src == nil {
		return n
	}
	n.pos = place(t.file, src.GetToken())
	if t.left--; t.left < 0 || depth > maxDepth {
		if !t.full {
			t.full = true
			t.problem(src, path, "is one too many: want at most %d values, nested at most %d deep, aliases replaced", maxNodes, maxDepth)
		}
		return n
	}
	switch src := src.(type) {
	case *ast.AnchorNode:
		return t.anchored(src, path, depth)
	case *ast.AliasNode:
		return t.alias(src, path, depth)
	case *ast.TagNode:
		return t.tagged(src, path, depth)
	case *ast.MappingNode:
		t.mapping(n, src.Values, depth)
	case *ast.MappingValueNode:
		t.mapping(n, []*ast.MappingValueNode{src}, depth)
	case *ast.SequenceNode:
		n.kind = sequence
		for i, item := range src.Values {
			n.items = append(n.items, t.build(item, path+"["+strconv.Itoa(i)+"]", depth+1))
		}
	default:
		t.scalar(n, src)
	}
	return n
}

func (t *tree) scalar(n *node, src ast.Node) {
	if tk := src.GetToken(); tk != nil {
		n.text = tk.Value
	}
	switch src := src.(type) {
	case *ast.NullNode:
	case *ast.BoolNode:
		n.kind, n.text = boolean, strconv.FormatBool(src.Value)
	case *ast.IntegerNode:
		n.kind = integer
		switch v := src.Value.(type) {
		case int64:
			n.number = float64(v)
		case uint64:
			n.number = float64(v)
		}
	case *ast.FloatNode:
		n.kind, n.number = float, src.Value
	case *ast.InfinityNode:
		n.kind, n.number = float, src.Value
	case *ast.NanNode:
		n.kind, n.number = float, math.NaN()
	case *ast.StringNode:
		n.kind, n.text = text, src.Value
	case *ast.LiteralNode:
		n.kind, n.text = text, src.Value.Value
	default:
		t.problem(src, n.path, "is something that a manifest has no use for (%s)", strings.ToLower(src.Type().String()))
	}
}

func (t *tree) anchored(src *ast.AnchorNode, path string, depth int) *node {
	name := nameOf(src.Name)
	t.anchors[name] = src.Value
	if t.open[name] {
		return t.build(src.Value, path, depth+1)
	}
	t.open[name] = true
	defer delete(t.open, name)
	return t.build(src.Value, path, depth+1)
}

func (t *tree) alias(src *ast.AliasNode, path string, depth int) *node {
	name := nameOf(src.Value)
	value, ok := t.anchors[name]
	switch {
	case !ok:
		t.problem(src, path, "refers to *%s, and there is no &%s before it", name, name)
	case t.open[name]:
		t.problem(src, path, "refers to *%s, which it is a part of", name)
	default:
		t.open[name] = true
		defer delete(t.open, name)
		n := t.build(value, path, depth+1)
		n.pos = place(t.file, src.GetToken())
		return n
	}
	return &node{kind: null, path: path, pos: place(t.file, src.GetToken())}
}

// nameOf is the name of an anchor.
func nameOf(n ast.Node) string {
	if n == nil || n.GetToken() == nil {
		return ""
	}
	return n.GetToken().Value
}

// tagged makes a node of a value with a tag. Only !!str changes one.
func (t *tree) tagged(src *ast.TagNode, path string, depth int) *node {
	n := t.build(src.Value, path, depth+1)
	tag := src.GetToken().Value
	switch {
	case !strings.HasPrefix(tag, "!!"):
		t.problem(src, path, "has the tag %s, which a manifest has no use for", tag)
	case tag == string(token.StringTag) && n.kind&(boolean|integer|float) != 0:
		n.kind = text
	}
	return n
}

func (t *tree) mapping(n *node, values []*ast.MappingValueNode, depth int) {
	n.kind = mapping
	if len(values) > 0 {
		n.pos = place(t.file, values[0].Key.GetToken())
	}
	seen := map[string]Pos{}
	var merged []field
	for _, v := range values {
		if v.Key.IsMergeKey() {
			merged = append(merged, t.merge(v.Value, n.path, depth)...)
			continue
		}
		key, at := t.key(v.Key), place(t.file, v.Key.GetToken())
		if first, twice := seen[key]; twice {
			t.problem(v.Key, join(n.path, excerpt(key)), "is there twice, first in line %d", first.Line)
			continue
		}
		seen[key] = at
		if len(key) > maxKey {
			t.problem(v.Key, n.path, "has a key of %d bytes, want at most %d", len(key), maxKey)
			continue
		}
		n.fields = append(n.fields, field{key: key, pos: at, value: t.build(v.Value, join(n.path, key), depth+1)})
	}
	for _, f := range merged {
		if _, own := seen[f.key]; !own {
			seen[f.key] = f.pos
			n.fields = append(n.fields, f)
		}
	}
}

// merge returns the fields that a merge key brings.
func (t *tree) merge(src ast.Node, path string, depth int) (all []field) {
	n := t.build(src, path, depth+1)
	from := []*node{n}
	if n.kind == sequence {
		from = n.items
	}
	for _, m := range from {
		if m.kind != mapping {
			t.problem(src, path, "merges (<<) %s, want a mapping", m.describe())
			continue
		}
		all = append(all, m.fields...)
	}
	return all
}

// key returns the text of a key.
func (t *tree) key(src ast.MapKeyNode) string {
	switch k := src.(type) {
	case *ast.StringNode:
		return k.Value
	case *ast.MappingKeyNode:
		if s, ok := k.Value.(*ast.StringNode); ok {
			return s.Value
		}
	}
	if tk := src.GetToken(); tk != nil {
		return tk.Value
	}
	return ""
}

// join makes the path of a field.
func join(path, key string) string {
	if key == "" || strings.ContainsAny(key, ".[]() \t\r\n") {
		key = strconv.Quote(key)
	}
	if path == "" {
		return key
	}
	return path + "." + key
}
