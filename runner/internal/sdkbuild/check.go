package sdkbuild

import (
	"context"
	"fmt"
	"io"
	"path/filepath"
	"strings"
)

// finding is what a look at the package's dependencies brought to light.
type finding struct {
	dir string // of the main package
	sdk string // module path the handler takes its SDK from, "" for a server
	// server says that the program listens instead of calling fc.Start.
	server bool
	// left are packages with files that only cgo could compile.
	left []cgoPackage
}

// inspect finds out, before anything is compiled, whether the package can
// become a function, and says precisely why when it cannot.
func (j *job) inspect(ctx context.Context) (finding, error) {
	main, deps, err := j.list(ctx)
	if err != nil {
		return finding{}, err
	}
	if main == nil {
		return finding{}, &Error{ErrNoPackage, j.name() + ": no such package"}
	}
	all := append(deps, main)
	left := findCgo(all, j.platform)
	if err := j.checkErrors(ctx, main, all, left); err != nil {
		return finding{}, err
	}
	if main.Name != "main" {
		return finding{}, &Error{ErrNotMain, fmt.Sprintf(
			"%s is package %s, a library: a function is a program, package main with a func main that calls fc.Start or serves HTTP%s",
			j.name(), main.Name, j.suggest(ctx))}
	}
	sdk, err := j.checkSDK(deps)
	if err != nil {
		return finding{}, err
	}
	return finding{dir: main.Dir, sdk: sdk, server: sdk == "", left: left}, nil
}

// checkErrors turns what go list complains about into one error.
func (j *job) checkErrors(ctx context.Context, main *listed, all []*listed, left []cgoPackage) error {
	var broken []*listed
	for _, p := range all {
		if p.Error != nil {
			broken = append(broken, p)
		}
	}
	if len(broken) == 0 {
		return nil
	}
	first := broken[0].Error.Err
	for _, c := range left {
		if broken[0].ImportPath == c.importPath {
			return &Error{ErrCgo, c.describe(j.platform)}
		}
	}
	switch {
	case broken[0] == main && main.Dir == "":
		return &Error{ErrNoPackage, fmt.Sprintf("%s: no such package: %s", j.name(), first)}
	case broken[0] == main && strings.Contains(first, "no Go files in"):
		return &Error{ErrNoPackage, fmt.Sprintf("%s: no Go files there%s", j.name(), j.suggest(ctx))}
	case strings.Contains(first, "build constraints exclude all Go files"):
		return &Error{ErrCompile, fmt.Sprintf(
			"package %s has no file for functions: they are built with GOOS=%s and GOARCH=%s, and its build constraints exclude that (%s)",
			broken[0].ImportPath, j.platform.os, j.platform.arch, strings.Join(broken[0].IgnoredGoFiles, ", "))}
	}
	var text strings.Builder
	compile := false
	for _, p := range broken {
		if p.Error.Pos != "" {
			text.WriteString(p.Error.Pos + ": ")
		}
		text.WriteString(p.Error.Err + "\n")
		compile = compile || len(p.GoFiles) > 0
	}
	if !compile {
		return j.modulesError(text.String())
	}
	if _, err := io.WriteString(j.Stderr, text.String()); err != nil {
		return fmt.Errorf("sdkbuild: reporting compile errors: %w", err)
	}
	return &Error{ErrCompile, "go list failed for " + j.name()}
}

// checkSDK finds the SDK among the dependencies, and makes sure that it is ours.
// A program that has none must be a server.
func (j *job) checkSDK(deps []*listed) (string, error) {
	var found []standin
	links := 0
	for _, p := range deps {
		for _, s := range j.standins {
			if p.ImportPath == s.link {
				links++
			}
			if p.ImportPath == s.fc {
				found = append(found, s)
				if err := j.checkPicked(p, s); err != nil {
					return "", err
				}
			}
		}
	}
	switch {
	case len(found) == 0 && serves(deps):
		return "", nil
	case len(found) == 0:
		return "", &Error{ErrNoSDK, fmt.Sprintf(
			"%s does not import the FC SDK: import %q (or %q) and call fc.Start with the handler in func main, "+
				"or serve HTTP with net/http",
			j.name(), j.standins[0].fc, j.standins[1].fc)}
	case len(found) > 1 || links > 1:
		return "", &Error{ErrTwoSDKs, fmt.Sprintf(
			"%s imports the FC SDK twice, below %s and below %s: choose one, in all packages of the function",
			j.name(), j.standins[0].path, ownGuest)}
	}
	return found[0].path, nil
}

// checkPicked catches the case that the go command found another SDK after all:
// the function would build, and then fail to reach its host.
func (j *job) checkPicked(p *listed, s standin) error {
	want := filepath.Join(j.tmp, filepath.Base(s.path))
	if j.mod == "vendor" || s.path == ownPath || strings.HasPrefix(p.Dir, want+string(filepath.Separator)) {
		return nil
	}
	return &Error{ErrInternal, fmt.Sprintf("the go command took %s from %s instead of replacing it", p.ImportPath, p.Dir)}
}
