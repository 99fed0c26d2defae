package sdkbuild

import (
	"context"
	"errors"
	"fmt"
	"go/version"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
)

const (
	// requireModule is a generated member of the workspace. It requires what the
	// handler's go.mod may not.
	requireModule = "wafer.build/require"
	// bareModule is the name given to a handler without go.mod.
	bareModule = "handler"
	// bareGo is its language version: the oldest toolchain's, so that the same
	// files mean the same whatever toolchain builds them.
	bareGo = "1.24"
)

// seedless makes math/rand.Seed do nothing, as it does for programs of Go 1.24
// and later. Older handlers seed from the clock while they start, before the
// snapshot, and would draw the same numbers in every instance.
// See RATIONALE.md for why, and how a handler opts out.
var seedless = godebug{"randseednop", "1"}

// workspace is the content of the generated go.work.
type workspace struct {
	goVersion string // such as "1.18"
	toolchain string
	godebug   []godebug
	use       []string
	replace   []string // whole directives
	sums      []byte   // of the user's own go.work.sum
	paths     map[string]bool
}

// newWorkspace gathers the handler's module and everything that the user's own
// go.work brings along. root is the directory of the handler's go.mod, or "".
func newWorkspace(ctx context.Context, g goCommand, root, goWork string) (*workspace, error) {
	w := &workspace{goVersion: standinGo, paths: map[string]bool{}}
	if root != "" {
		m, err := readModule(ctx, g, root)
		if err != nil {
			return nil, err
		}
		w.add(m)
		w.godebug = m.Godebug
	}
	if goWork == "" {
		return w, nil
	}
	user, err := readWork(ctx, g, goWork)
	if err != nil {
		return nil, err
	}
	w.raise(user.Go, user.Toolchain)
	w.godebug = user.Godebug // in a workspace those of its members do not count
	for _, u := range user.Use {
		if u.DiskPath == root {
			continue
		}
		m, err := readModule(ctx, g, u.DiskPath)
		if err != nil {
			return nil, err
		}
		if m.Module.Path != sdkPath { // a copy of the SDK: ours takes its place
			w.add(m)
		}
	}
	for _, r := range user.Replace {
		if r.Old.Path != sdkPath && r.Old.Path != ownPath {
			w.replace = append(w.replace, r.Old.Path+" "+r.Old.Version+" => "+strconv.Quote(r.New.Path)+" "+r.New.Version)
		}
	}
	w.sums, err = os.ReadFile(goWork + ".sum")
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("sdkbuild: preparing the build: %w", err)
	}
	return w, nil
}

// add makes the module a member of the workspace.
func (w *workspace) add(m mainModule) {
	w.use = append(w.use, m.dir)
	w.paths[m.Module.Path] = true
	w.raise(m.Go, m.Toolchain)
}

// raise lifts the workspace's versions to at least the given ones: the go
// command refuses a member that is ahead of its workspace.
func (w *workspace) raise(goVersion, toolchain string) {
	if version.Compare("go"+goVersion, "go"+w.goVersion) > 0 {
		w.goVersion = goVersion
	}
	if version.Compare(toolchain, w.toolchain) > 0 {
		w.toolchain = toolchain
	}
}

// write lays the workspace out in tmp, stand-ins included, and returns the path
// of its go.work. Paths below tmp are relative: they end up in the module's
// build information, where the name of a temporary directory would make every
// build differ from the one before.
func (w *workspace) write(tmp string, standins []standin) (string, error) {
	requires := "module " + requireModule + "\n\ngo " + standinGo + "\n"
	text := w.versions()
	for _, setting := range w.godebug {
		text += "godebug " + setting.Key + "=" + setting.Value + "\n"
	}
	for _, dir := range w.use {
		text += "use " + strconv.Quote(dir) + "\n"
	}
	text += "use ./require\n"
	for _, directive := range w.replace {
		text += "replace " + directive + "\n"
	}
	for _, s := range standins {
		if w.paths[s.path] {
			continue // the handler lives in this very module
		}
		dir := filepath.Base(s.path)
		if err := s.write(filepath.Join(tmp, dir)); err != nil {
			return "", err
		}
		text += "replace " + s.path + " => ./" + dir + "\n"
		requires += "require " + s.path + " v0.0.0\n"
	}
	if err := writeFile(filepath.Join(tmp, "require", "go.mod"), []byte(requires)); err != nil {
		return "", err
	}
	if len(w.sums) > 0 {
		if err := writeFile(filepath.Join(tmp, "go.work.sum"), w.sums); err != nil {
			return "", err
		}
	}
	file := filepath.Join(tmp, "go.work")
	return file, writeFile(file, []byte(text))
}

// versions returns the directives that decide which toolchain runs.
func (w *workspace) versions() string {
	text := "go " + w.goVersion + "\n"
	if w.toolchain != "" {
		text += "toolchain " + w.toolchain + "\n"
	}
	return text
}

// withSeedless adds the setting unless the user made a choice.
func withSeedless(settings []godebug) []godebug {
	for _, s := range settings {
		if s.Key == seedless.Key {
			return settings
		}
	}
	return append(append([]godebug{}, settings...), seedless)
}
