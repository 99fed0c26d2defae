package sdkbuild

import (
	"fmt"
	"go/build"
	"go/parser"
	"go/token"
	"path/filepath"
	"strconv"
	"strings"
)

// cgoPackage is a package with files that are left out because there is no C, and
// for no other reason.
type cgoPackage struct {
	importPath string
	files      []string // paths
	via        string   // a package that imports it, or ""
}

// findCgo looks through the files that go list ignored.
func findCgo(all []*listed, p platform) []cgoPackage {
	// With cgo switched on, the only files still excluded are those meant for
	// other systems.
	matcher := build.Default
	matcher.GOOS, matcher.GOARCH, matcher.CgoEnabled = p.os, p.arch, true
	var found []cgoPackage
	for _, p := range all {
		if p.Standard {
			continue
		}
		var files []string
		for _, name := range p.IgnoredGoFiles {
			match, err := matcher.MatchFile(p.Dir, name)
			if err == nil && match && !strings.HasSuffix(name, "_test.go") && importsC(filepath.Join(p.Dir, name)) {
				files = append(files, filepath.Join(p.Dir, name))
			}
		}
		if len(files) > 0 {
			found = append(found, cgoPackage{p.ImportPath, files, importer(all, p.ImportPath)})
		}
	}
	return found
}

func importsC(file string) bool {
	parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
	if err != nil {
		return false // the compiler reports it better, if the file matters at all
	}
	for _, spec := range parsed.Imports {
		if path, err := strconv.Unquote(spec.Path.Value); err == nil && path == "C" {
			return true
		}
	}
	return false
}

func importer(all []*listed, path string) string {
	for _, p := range all {
		for _, i := range p.Imports {
			if i == path {
				return p.ImportPath
			}
		}
	}
	return ""
}

// describe explains why the package cannot be built.
func (c cgoPackage) describe(p platform) string {
	name := "package " + c.importPath
	if c.via != "" {
		name += " (imported by " + c.via + ")"
	}
	return fmt.Sprintf("%s cannot be built %s: it imports \"C\" in %s. "+
		"Use a package or a build tag that does without", name, p.noC(), strings.Join(c.files, ", "))
}

// cgoWarnings tells about packages that build without their cgo files, and may
// miss what these do.
func cgoWarnings(left []cgoPackage) []string {
	var warnings []string
	for _, c := range left {
		warnings = append(warnings, fmt.Sprintf("package %s is built without the files that import \"C\": %s",
			c.importPath, strings.Join(c.files, ", ")))
	}
	return warnings
}
