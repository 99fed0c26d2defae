package sdkbuild

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"
)

// listed is a package as go list describes it.
type listed struct {
	ImportPath     string
	Dir            string
	Name           string
	Standard       bool
	DepOnly        bool
	GoFiles        []string
	IgnoredGoFiles []string
	Imports        []string
	Error          *struct {
		ImportStack []string
		Pos         string
		Err         string
	}
}

const listFields = "ImportPath,Dir,Name,Standard,DepOnly,GoFiles,IgnoredGoFiles,Imports,Error"

// list returns the package to build (nil when there is none) and everything
// that it depends on, without compiling. Packages with errors are among them.
func (j *job) list(ctx context.Context) (main *listed, deps []*listed, err error) {
	file := filepath.Join(j.tmp, "list.json")
	if err := j.overlay.write(file); err != nil {
		return nil, nil, err
	}
	args := append([]string{"list", "-e", "-deps", "-json=" + listFields}, j.common(file, j.tags())...)
	out, err := j.goCmd.run(ctx, append(args, "--", j.target.pattern)...)
	var failed *commandError
	if errors.As(err, &failed) {
		return nil, nil, j.modulesError(failed.Error())
	}
	if err != nil {
		return nil, nil, err
	}
	for decoder := json.NewDecoder(bytes.NewReader(out)); ; {
		p := new(listed)
		if err := decoder.Decode(p); errors.Is(err, io.EOF) {
			return main, deps, nil
		} else if err != nil {
			return nil, nil, fmt.Errorf("sdkbuild: decoding the output of go list: %w", err)
		}
		if p.DepOnly {
			deps = append(deps, p)
		} else {
			main = p
		}
	}
}

// modulesError explains a failure to load dependencies.
func (j *job) modulesError(text string) error {
	text = "dependencies of " + j.name() + " cannot be loaded:\n" + strings.TrimSpace(text)
	if hint := moduleHint(text, j.mod == "vendor"); hint != "" {
		text += "\n" + hint
	}
	return &Error{ErrModules, text}
}

// moduleHint says what to do about a dependency that is not there. The FC SDK
// itself is never missing.
func moduleHint(text string, vendored bool) string {
	contains := func(parts ...string) bool {
		for _, part := range parts {
			if strings.Contains(text, part) {
				return true
			}
		}
		return false
	}
	switch {
	case vendored:
		return "The module is built from its vendor directory: run \"go mod vendor\" to bring it up to date."
	case contains("GOPROXY=off", "dial tcp", "reading http", "i/o timeout", "Forbidden", "unrecognized import path"):
		return "Modules are taken from the module cache, or downloaded. Where there is no network, fill the cache first " +
			"(go mod download), or vendor the dependencies together with the SDK (go mod vendor)."
	case contains("no required module provides", "missing go.sum entry", "updates to go.mod needed", "cannot find module providing"):
		return "Run \"go mod tidy\" in the handler's module (\"go mod init\" first when it has no go.mod). " +
			"If the FC SDK cannot be downloaded, \"go get\" the other modules one by one: the SDK need not be there."
	}
	return ""
}

// suggest ends a sentence about a package that is no program: it names programs
// in the directories below, if there are any.
func (j *job) suggest(ctx context.Context) string {
	args := append([]string{"list", "-e", "-f", `{{if eq .Name "main"}}{{.Dir}}{{end}}`},
		j.common(filepath.Join(j.tmp, "list.json"), j.tags())...)
	out, err := j.goCmd.run(ctx, append(args, "--", filepath.Join(j.target.dir, "..."))...)
	if err != nil {
		return "" // there is an error to report already
	}
	var found []string
	for dir := range strings.Lines(string(out)) {
		if rel, err := filepath.Rel(j.Dir, strings.TrimSpace(dir)); err == nil {
			found = append(found, "."+string(filepath.Separator)+rel)
		}
	}
	if len(found) == 0 {
		return ""
	}
	const most = 5
	if more := len(found) - most; more > 0 {
		found = append(found[:most], fmt.Sprintf("%d more", more))
	}
	return ". There is " + strings.Join(found, ", ")
}
