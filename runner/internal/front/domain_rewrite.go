package front

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
)

// Rewrite changes paths before the function sees them. The first rule that
// matches is applied, and no other: exact ones first, then those with a
// wildcard, then regular expressions, each in their order.
type Rewrite struct {
	// Equal replaces paths that are the match.
	Equal []RewriteRule
	// Wildcard replaces paths that are the match where its one * stands for
	// anything, which the replacement may take up as $1.
	Wildcard []RewriteRule
	// Regex replaces what the match, in Go's syntax, finds in the path. The
	// replacement may take up groups as $1, $2 and so on.
	Regex []RewriteRule
}

// RewriteRule replaces paths. Match and Replacement work on the path as it was
// sent, without the query. A query in the replacement goes before the
// request's own.
type RewriteRule struct{ Match, Replacement string }

// compiledRewrite is a Rewrite that is ready to apply.
type compiledRewrite struct {
	equal    map[string]string
	patterns []compiledPattern
}

type compiledPattern struct {
	match       *regexp.Regexp
	replacement string
}

func (r *Rewrite) compile() (*compiledRewrite, error) {
	c := &compiledRewrite{equal: map[string]string{}}
	var errs []error
	check := func(kind string, rules []RewriteRule, take func(RewriteRule) error) {
		for i, rule := range rules {
			if err := take(rule); err != nil {
				errs = append(errs, fmt.Errorf("%s rule %d, %q to %q: %w", kind, i+1, rule.Match, rule.Replacement, err))
			}
		}
	}
	check("equal", r.Equal, func(rule RewriteRule) error {
		if _, ok := c.equal[rule.Match]; !ok {
			c.equal[rule.Match] = rule.Replacement
		}
		return rule.paths()
	})
	check("wildcard", r.Wildcard, func(rule RewriteRule) error {
		before, after, ok := strings.Cut(rule.Match, "*")
		if !ok || strings.Contains(after, "*") {
			return errors.New("the match has not exactly one *")
		}
		if err := rule.paths(); err != nil {
			return err
		}
		return c.add("(?s)^"+regexp.QuoteMeta(before)+"(.*)"+regexp.QuoteMeta(after)+"$", rule.Replacement)
	})
	check("regex", r.Regex, func(rule RewriteRule) error { return c.add(rule.Match, rule.Replacement) })
	return c, errors.Join(errs...)
}

func (c *compiledRewrite) add(match, replacement string) error {
	re, err := regexp.Compile(match)
	if err == nil {
		c.patterns = append(c.patterns, compiledPattern{re, braced(replacement)})
	}
	return err
}

// paths reports whether the rule leads from a whole path to a whole path.
func (r RewriteRule) paths() error {
	switch {
	case !strings.HasPrefix(r.Match, "/"):
		return errors.New("the match does not begin with /")
	case !strings.HasPrefix(r.Replacement, "/"):
		return errors.New("the replacement does not begin with /")
	}
	return nil
}

// braced writes $1 as ${1}: package regexp would take $1x for a name.
func braced(s string) string { return group.ReplaceAllString(s, "$${$1}") }

var group = regexp.MustCompile(`\$(\d+)`)

// apply returns the path that the function sees, and the query.
func (c *compiledRewrite) apply(path, query string) (string, string) {
	to, ok := c.replace(path)
	if !ok {
		return path, query
	}
	to, more, _ := strings.Cut(to, "?")
	switch {
	case more == "":
	case query == "":
		query = more
	default:
		query = more + "&" + query
	}
	if !strings.HasPrefix(to, "/") { // a regular expression cut off the start
		to = "/" + to
	}
	return to, query
}

func (c *compiledRewrite) replace(path string) (string, bool) {
	if to, ok := c.equal[path]; ok {
		return to, true
	}
	for _, p := range c.patterns {
		if p.match.MatchString(path) {
			return p.match.ReplaceAllString(path, p.replacement), true
		}
	}
	return "", false
}
