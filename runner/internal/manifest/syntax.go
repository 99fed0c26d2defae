package manifest

import (
	"errors"
	"fmt"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

// Limits of a manifest. The YAML parser recurses, and takes time in proportion
// to the square of what is nested.
const (
	maxFile  = 512 << 10 // bytes
	maxDepth = 64        // lists and mappings in one another
	maxNodes = 100_000   // values, aliases and variables replaced
	maxKey   = 256       // bytes
	maxText  = 8 << 20   // bytes of text that variables stand for
)

// parseSyntax turns text into the one document in it, nil for an empty one.
func parseSyntax(file string, src []byte) (ast.Node, *Problem) {
	whole := func(format string, args ...any) *Problem {
		return &Problem{Pos: Pos{File: file}, Text: fmt.Sprintf(format, args...)}
	}
	if len(src) > maxFile {
		return nil, whole("the file has %d bytes, want at most %d", len(src), maxFile)
	}
	tokens := lexer.Tokenize(string(src))
	if t := tooDeep(tokens); t != nil {
		return nil, &Problem{Pos: place(file, t), Text: fmt.Sprintf("lists and mappings are nested deeper than %d", maxDepth)}
	}
	// Keys that are there twice are reported by us, together with all else.
	f, err := parser.Parse(tokens, 0, parser.AllowDuplicateMapKey())
	var syntax yaml.Error
	switch {
	case errors.As(err, &syntax):
		return nil, &Problem{Pos: place(file, syntax.GetToken()), Text: "not YAML: " + syntax.GetMessage()}
	case err != nil:
		return nil, whole("not YAML: %v", err)
	}
	var docs []ast.Node
	for _, d := range f.Docs {
		if d.Body != nil {
			docs = append(docs, d.Body)
		}
	}
	switch len(docs) {
	case 0:
		return nil, nil
	case 1:
		return docs[0], nil
	}
	return nil, &Problem{Pos: place(file, docs[1].GetToken()), Text: "is a second document, want one in a file"}
}

// tooDeep finds the token at which nesting gets too deep, before the parser
// has to.
func tooDeep(tokens token.Tokens) *token.Token {
	brackets, entries, line := 0, 0, 0
	for _, t := range tokens {
		switch t.Type {
		case token.MappingStartType, token.SequenceStartType:
			brackets++
		case token.MappingEndType, token.SequenceEndType:
			brackets--
		case token.SequenceEntryType, token.MappingKeyType, token.TagType, token.AnchorType:
			if t.Position.Line != line {
				entries, line = 0, t.Position.Line
			}
			entries++
		}
		if brackets > maxDepth || entries > maxDepth || t.Position.IndentNum > 16*maxDepth {
			return t
		}
	}
	return nil
}

// place is where a token stands.
func place(file string, t *token.Token) Pos {
	if t == nil || t.Position == nil {
		return Pos{File: file}
	}
	return Pos{File: file, Line: max(t.Position.Line, 1), Column: max(t.Position.Column, 1)}
}
