package manifest

import (
	"fmt"
	"strings"
)

// variable is one ${...}: names with dots between them, or a function and what
// it is given.
type variable struct {
	source string // between the braces
	names  []string
	call   bool
	args   []string
}

// piece is a part of a text: a variable, or what stands between two.
type piece struct {
	text     string
	variable *variable
}

// split takes a text apart. The error says what is wrong with a variable in it.
func split(s string) ([]piece, error) {
	var pieces []piece
	for {
		at := strings.Index(s, "${")
		if at < 0 {
			if s != "" {
				pieces = append(pieces, piece{text: s})
			}
			return pieces, nil
		}
		if at > 0 {
			pieces = append(pieces, piece{text: s[:at]})
		}
		end := closing(s[at+2:])
		if end < 0 {
			return nil, fmt.Errorf("has a ${ without its }")
		}
		v, err := parseVariable(s[at+2 : at+2+end])
		if err != nil {
			return nil, err
		}
		pieces = append(pieces, piece{variable: v})
		s = s[at+2+end+1:]
	}
}

// closing finds the brace that ends a variable, outside of quotes.
func closing(s string) int {
	var quoted byte
	for i := range len(s) {
		switch c := s[i]; {
		case quoted != 0:
			if c == quoted {
				quoted = 0
			}
		case c == '\'' || c == '"':
			quoted = c
		case c == '}':
			return i
		}
	}
	return -1
}

func parseVariable(source string) (*variable, error) {
	v := &variable{source: strings.TrimSpace(source)}
	bad := func(why string) (*variable, error) {
		return nil, fmt.Errorf("has the variable ${%s}, which %s: want a name as in ${vars.x}, or a call as in ${env('NAME', 'default')}", excerpt(v.source), why)
	}
	head := v.source
	if at := strings.IndexByte(head, '('); at >= 0 {
		inner, ok := strings.CutSuffix(head[at+1:], ")")
		if !ok {
			return bad("has a ( without its )")
		}
		v.call, head = true, strings.TrimSpace(head[:at])
		if v.args, ok = arguments(inner); !ok {
			return bad("has quotes that do not end")
		}
	}
	v.names = strings.Split(head, ".")
	for _, name := range v.names {
		if strings.Trim(name, nameChars) != "" || name == "" {
			return bad("is no name")
		}
	}
	return v, nil
}

const nameChars = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-$*"

// arguments splits what stands between parentheses. Quotes are optional.
func arguments(s string) (args []string, ok bool) {
	for s = strings.TrimSpace(s); s != ""; {
		if c := s[0]; c == '\'' || c == '"' {
			end := strings.IndexByte(s[1:], c)
			if end < 0 {
				return nil, false
			}
			args = append(args, s[1:1+end])
			s = strings.TrimSpace(s[end+2:])
			if s != "" && s[0] != ',' {
				return nil, false
			}
			s = strings.TrimSpace(strings.TrimPrefix(s, ","))
			continue
		}
		arg, rest, _ := strings.Cut(s, ",")
		args = append(args, strings.TrimSpace(arg))
		s = strings.TrimSpace(rest)
	}
	return args, true
}
