package sdkbuild

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/build/constraint"
	"go/parser"
	"go/token"
	"strconv"
	"strings"
)

// rewriteFile returns the Go file with imports from our module renamed and with
// a build constraint that gives it our language version: its module has a lower
// one. Everything else keeps its bytes.
func rewriteFile(name string, text []byte, rename func(string) string) ([]byte, error) {
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, name, text, parser.ImportsOnly|parser.ParseComments)
	if err != nil {
		return nil, fmt.Errorf("sdkbuild: parsing embedded source: %w", err)
	}
	var edits []edit
	constrained := false
	for _, group := range file.Comments {
		for _, c := range group.List {
			if c.Pos() < file.Package && constraint.IsGoBuild(c.Text) {
				expr, err := constraint.Parse(c.Text)
				if err != nil {
					return nil, fmt.Errorf("sdkbuild: parsing embedded source %s: %w", name, err)
				}
				all := &constraint.AndExpr{X: &constraint.TagExpr{Tag: sourceGo}, Y: expr}
				edits = append(edits, replace(fset, c, "//go:build "+all.String()))
				constrained = true
			}
		}
	}
	for _, spec := range file.Imports {
		old, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			return nil, fmt.Errorf("sdkbuild: parsing embedded source %s: %w", name, err)
		}
		if old != ownPath && !strings.HasPrefix(old, ownPath+"/") {
			continue
		}
		if !strings.HasPrefix(old, ownGuest+"/") && old != ownABI && !strings.HasPrefix(old, ownABI+"/") {
			return nil, fmt.Errorf("sdkbuild: embedded source %s imports %s, which guests cannot", name, old)
		}
		if to := rename(old); to != old {
			edits = append(edits, replace(fset, spec.Path, strconv.Quote(to)))
		}
	}
	out := apply(text, edits)
	if !constrained {
		out = append([]byte("//go:build "+sourceGo+"\n\n"), out...)
	}
	return out, nil
}

// edit replaces the bytes from start to end of a file.
type edit struct {
	start, end int
	text       string
}

func replace(fset *token.FileSet, node ast.Node, text string) edit {
	return edit{fset.Position(node.Pos()).Offset, fset.Position(node.End()).Offset, text}
}

// apply makes edits that do not overlap and stand in the order of the file.
func apply(text []byte, edits []edit) []byte {
	var out bytes.Buffer
	at := 0
	for _, e := range edits {
		out.Write(text[at:e.start])
		out.WriteString(e.text)
		at = e.end
	}
	out.Write(text[at:])
	return out.Bytes()
}
