package sdkbuild

import (
	"fmt"
	"io/fs"
	"path"
	"path/filepath"
	"strings"

	"github.com/wafer-run/wafer/abi"
	"github.com/wafer-run/wafer/guest"
)

const (
	// sdkPath is the module that unmodified handlers import.
	sdkPath = "github.com/aliyun/fc-runtime-go-sdk"
	// ownPath is the module that handlers written for us import.
	ownPath = "github.com/wafer-run/wafer"
	// ownGuest is where in our module the SDK's packages live.
	ownGuest = ownPath + "/guest"
	ownABI   = ownPath + "/abi"

	// standinGo is the language version in the go.mod files of stand-ins. A low
	// one never raises that of the workspace, which would change the GODEBUG
	// defaults of the handler. The files themselves ask for sourceGo.
	standinGo = "1.18"
	// sourceGo is the language version of our own guest sources.
	sourceGo = "go1.24"
)

// standin is a module written in place of one that the handler imports.
type standin struct {
	path string // module path
	fc   string // import path of its package fc
	link string // import path of the package that talks to the host
	// files holds the module's files without go.mod; keys are slash paths.
	files map[string][]byte
}

// newSDK returns our guest packages under the SDK's import paths. The package
// abi goes with them as an internal one.
func newSDK() (standin, error) {
	s := standin{
		path:  sdkPath,
		fc:    sdkPath + "/fc",
		link:  sdkPath + "/internal/link",
		files: map[string][]byte{},
	}
	rewrite := func(importPath string) string {
		if importPath == ownABI || strings.HasPrefix(importPath, ownABI+"/") {
			return sdkPath + "/internal/abi" + strings.TrimPrefix(importPath, ownABI)
		}
		return sdkPath + strings.TrimPrefix(importPath, ownGuest)
	}
	if err := s.add(guest.Sources, "", rewrite); err != nil {
		return s, err
	}
	return s, s.add(abi.Sources, "internal/abi", rewrite)
}

// newOwn returns the same packages under their own import paths.
func newOwn() (standin, error) {
	s := standin{
		path:  ownPath,
		fc:    ownGuest + "/fc",
		link:  ownGuest + "/internal/link",
		files: map[string][]byte{},
	}
	same := func(importPath string) string { return importPath }
	if err := s.add(guest.Sources, "guest", same); err != nil {
		return s, err
	}
	return s, s.add(abi.Sources, "abi", same)
}

// add copies the Go files that a build needs from sources to a directory of the
// module. rewrite maps imports of our packages to the module's.
func (s *standin) add(sources fs.FS, dir string, rewrite func(string) string) error {
	return fs.WalkDir(sources, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return fmt.Errorf("sdkbuild: reading embedded sources: %w", err)
		}
		if entry.IsDir() {
			if entry.Name() == "testdata" {
				return fs.SkipDir
			}
			return nil
		}
		if !isSource(path.Base(name)) {
			return nil
		}
		text, err := fs.ReadFile(sources, name)
		if err != nil {
			return fmt.Errorf("sdkbuild: reading embedded sources: %w", err)
		}
		if path.Ext(name) == ".go" {
			if text, err = rewriteFile(name, text, rewrite); err != nil {
				return err
			}
		}
		s.files[path.Join(dir, name)] = text
		return nil
	})
}

// isSource leaves out tests and the files that embed the others.
func isSource(base string) bool {
	switch {
	case base == "sources.go" || base == "embed.go" || strings.HasSuffix(base, "_test.go"):
		return false
	}
	return path.Ext(base) == ".go" || path.Ext(base) == ".s"
}

// write saves the stand-in as a module in dir.
func (s *standin) write(dir string) error {
	for name, text := range s.files {
		if err := writeFile(filepath.Join(dir, filepath.FromSlash(name)), text); err != nil {
			return err
		}
	}
	return writeFile(filepath.Join(dir, "go.mod"), []byte("module "+s.path+"\n\ngo "+standinGo+"\n"))
}
