package front

import (
	"errors"
	"fmt"
	"strings"

	"github.com/wafer-run/wafer/runner"
)

// Route leads the requests of a custom domain that have a path to a function.
type Route struct {
	// Path is a whole path, or a prefix followed by *. /a/* takes /a/ and what
	// is below it, but not /a. An exact path wins over a prefix, a longer prefix over a
	// shorter one, whatever their order.
	Path string
	// Methods are those that are let through. None means those of the
	// function's HTTP trigger, or all if it has none.
	Methods []string
	// Service is the function's service in FC 2.0, empty for FC 3.0.
	Service string
	// Function is the function's name.
	Function string
	// Qualifier is a version or an alias, empty for LATEST.
	Qualifier string
	// Rewrite changes the path that the function sees. nil leaves it.
	Rewrite *Rewrite
}

// compiledRoute is a route that is ready to match.
type compiledRoute struct {
	Route
	prefix   string // without the asterisk; the path itself where there is none
	wildcard bool
	rewrite  *compiledRewrite
}

func (r Route) compile() (*compiledRoute, error) {
	c := &compiledRoute{Route: r, prefix: r.Path}
	var errs []error
	if !strings.HasPrefix(r.Path, "/") {
		errs = append(errs, errors.New("the path does not begin with /"))
	}
	c.prefix, c.wildcard = strings.CutSuffix(r.Path, "*")
	if strings.Contains(c.prefix, "*") {
		errs = append(errs, errors.New("there is a * before the end of the path"))
	}
	if r.Function == "" {
		errs = append(errs, errors.New("no function is named"))
	}
	if service, name, ok := strings.Cut(r.Function, "$"); ok && r.Service == "" {
		c.Service, c.Function = service, name
	}
	if r.Qualifier == "" {
		c.Qualifier = runner.DefaultQualifier
	}
	if err := validMethods("the route", r.Methods); err != nil {
		errs = append(errs, err)
	}
	if r.Rewrite != nil {
		rewrite, err := r.Rewrite.compile()
		if err != nil {
			errs = append(errs, fmt.Errorf("rewrite: %w", err))
		}
		c.rewrite = rewrite
	}
	return c, errors.Join(errs...)
}
