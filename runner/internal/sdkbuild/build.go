package sdkbuild

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// Build compiles a handler into a WebAssembly module, a wasip1 reactor, or into a
// native program, and stamps it. It writes one file, Options.Output, and only when
// it is complete.
//
// # Errors
//
// An [*Error] when the toolchain or the handler is at fault. When that is
// [ErrCompile], the compiler's messages were written to Options.Stderr before.
// Anything else is a failure of the machine: no space, no permission.
//
// # Concurrency
//
// Builds share nothing but the Go build cache and may run at the same time.
// Cancelling ctx interrupts the go command and waits for it to clean up.
func Build(ctx context.Context, opts Options) (*Result, error) {
	if opts.Stderr == nil {
		opts.Stderr = io.Discard
	}
	if opts.Version == "" {
		opts.Version = "(devel)"
	}
	dir, err := filepath.Abs(opts.Dir)
	if err != nil {
		return nil, fmt.Errorf("sdkbuild: finding the working directory: %w", err)
	}
	opts.Dir = dir
	tmp, err := os.MkdirTemp("", "wafer-build-")
	if err != nil {
		return nil, fmt.Errorf("sdkbuild: preparing the build: %w", err)
	}
	result, err := (&job{Options: opts, tmp: tmp, overlay: overlay{}}).run(ctx)
	if removed := os.RemoveAll(tmp); removed != nil && err == nil {
		err = fmt.Errorf("sdkbuild: cleaning up: %w", removed)
	}
	return result, err
}

// job is one build under way.
type job struct {
	Options
	tmp      string
	target   target
	platform platform
	flags    goFlags
	tool     toolchain
	goCmd    goCommand
	mod      string // value for -mod, or ""
	overlay  overlay
	standins []standin
	extra    []string // files to build with a package named by a file
	warnings []string
}

func (j *job) run(ctx context.Context) (*Result, error) {
	if err := j.prepare(ctx); err != nil {
		return nil, err
	}
	found, err := j.inspect(ctx)
	if err != nil {
		return nil, err
	}
	if !j.platform.native() {
		j.warnings = append(j.warnings, j.tool.warnings()...)
	}
	out := filepath.Join(j.tmp, "out")
	reseed, err := j.compile(ctx, out, found)
	if err != nil {
		return nil, err
	}
	j.warnings = append(j.warnings, cgoWarnings(found.left)...)
	return j.finish(out, found, reseed)
}

// prepare finds the toolchain and the handler, and lays out everything that the
// go command needs to find the stand-ins.
func (j *job) prepare(ctx context.Context) error {
	var err error
	if j.platform, err = parsePlatform(j.Target); err != nil {
		return err
	}
	path, err := findGo(j.Go, j.Env)
	if err != nil {
		return err
	}
	if j.target, err = findTarget(j.Dir, j.Package); err != nil {
		return err
	}
	user := goCommand{path: path, env: j.Env, show: j.Stderr}.in(j.target.dir).with("GO111MODULE=on")
	if j.tool, err = probe(ctx, user); err != nil {
		return err
	}
	j.flags = parseGoFlags(j.tool.GOFLAGS)
	sdk, err := newSDK()
	if err != nil {
		return err
	}
	own, err := newOwn()
	if err != nil {
		return err
	}
	j.standins = []standin{sdk, own}

	root := moduleRoot(j.tool.GOMOD)
	goWork := j.tool.GOWORK
	if goWork == "off" {
		goWork = ""
	}
	j.goCmd = user.with(append(j.platform.env(), j.flags.env())...)
	if j.platform.native() {
		if err := j.platform.check(ctx, j.goCmd.in(j.tmp).with("GOWORK=off")); err != nil {
			return err
		}
	}
	vendored := false
	if root != "" && goWork == "" && j.flags.mod != "mod" {
		if vendored, err = vendoredSDK(root); err != nil {
			return err
		}
	}
	if vendored {
		err = j.layVendored(ctx, root)
	} else {
		err = j.layWorkspace(ctx, root, goWork)
	}
	if err != nil {
		return err
	}
	// From here on patterns are absolute paths or import paths, and messages
	// name files as seen from the user's working directory.
	j.goCmd = j.goCmd.in(j.Dir)
	return nil
}

func (j *job) layVendored(ctx context.Context, root string) error {
	j.mod = "vendor"
	j.goCmd = j.goCmd.with("GOWORK=off")
	if err := j.overlay.addVendored(root, j.tmp, j.standins); err != nil {
		return err
	}
	if j.platform.native() {
		return nil
	}
	return j.overlay.addSeedless(ctx, j.goCmd, root, j.tmp)
}

func (j *job) layWorkspace(ctx context.Context, root, goWork string) error {
	w, err := newWorkspace(ctx, j.goCmd.with("GOWORK=off"), root, goWork)
	if err != nil {
		return err
	}
	if root == "" {
		file := filepath.Join(j.tmp, "handler.mod")
		if err := writeFile(file, []byte("module "+bareModule+"\n\ngo "+bareGo+"\n")); err != nil {
			return err
		}
		j.overlay[filepath.Join(j.target.dir, "go.mod")] = file
		w.add(mainModule{dir: j.target.dir, Go: bareGo})
	}
	if !j.platform.native() {
		w.godebug = withSeedless(w.godebug)
	}
	file, err := w.write(j.tmp, j.standins)
	if err != nil {
		return err
	}
	// The workspace may ask for another toolchain than the directory did. go env
	// knows no overlays, so it is asked in a module that asks for the same.
	if err := writeFile(filepath.Join(j.tmp, "probe", "go.mod"), []byte("module probe\n\n"+w.versions())); err != nil {
		return err
	}
	if j.tool, err = probe(ctx, j.goCmd.in(filepath.Join(j.tmp, "probe")).with("GOWORK=off")); err != nil {
		return err
	}
	if err := j.tool.checkAtLeast(w.goVersion); err != nil {
		return err
	}
	j.goCmd = j.goCmd.with("GOWORK=" + file)
	return nil
}

// moduleRoot turns the GOMOD of go env into a directory, "" for none.
func moduleRoot(goMod string) string {
	if goMod == "" || goMod == os.DevNull {
		return ""
	}
	return filepath.Dir(goMod)
}

// compile runs go build. A toolchain whose runtime has changed so much that our
// addition to it does not compile still builds functions, without reseeding.
// Native programs are not cloned, and have no use for it.
func (j *job) compile(ctx context.Context, out string, found finding) (reseed bool, err error) {
	if found.server && !j.platform.native() { // a native one listens where it likes
		if err := j.overlay.addServer(j.tool.GOROOT, found.dir, j.tmp); err != nil {
			return false, err
		}
		if strings.HasSuffix(j.target.pattern, ".go") {
			j.extra = append(j.extra, filepath.Join(found.dir, serverFile))
		}
	}
	plain := filepath.Join(j.tmp, "plain.json")
	if err := j.overlay.write(plain); err != nil {
		return false, err
	}
	if j.platform.native() {
		return false, j.report(j.goBuild(ctx, out, plain, j.tags()), found)
	}
	if err := j.overlay.addReseed(j.tool.GOROOT, j.tmp); err != nil {
		return false, err
	}
	full := filepath.Join(j.tmp, "full.json")
	if err := j.overlay.write(full); err != nil {
		return false, err
	}
	err = j.goBuild(ctx, out, full, append([]string{reseedTag}, j.tags()...))
	var failed *commandError
	if errors.As(err, &failed) && blamesReseed(failed.stderr) {
		j.warnings = append(j.warnings, fmt.Sprintf(
			"the runtime of %s does not take the addition that reseeds it: math/rand and hash seeds "+
				"will be equal in all instances of this function that start from one snapshot", j.tool.GOVERSION))
		return false, j.report(j.goBuild(ctx, out, plain, j.tags()), found)
	}
	return true, j.report(err, found)
}

// goBuild runs go build with an overlay file.
func (j *job) goBuild(ctx context.Context, out, overlay string, tags []string) error {
	args := []string{"build", "-o", out}
	if !j.platform.native() {
		args = append(args, "-buildmode=c-shared")
	}
	args = append(args, j.common(overlay, tags)...)
	if j.LDFlags != "" {
		args = append(args, "-ldflags="+j.LDFlags)
	}
	_, err := j.goCmd.run(ctx, append(append(args, "--", j.target.pattern), j.extra...)...)
	var failed *commandError
	if errors.As(err, &failed) && blamesServer(failed.stderr) {
		return unknownLibrary(strings.TrimSpace(failed.stderr))
	}
	return err
}

// common returns the arguments that go list and go build have to agree on.
func (j *job) common(overlay string, tags []string) []string {
	args := []string{"-overlay=" + overlay}
	if j.mod != "" {
		args = append(args, "-mod="+j.mod)
	}
	if len(tags) > 0 {
		args = append(args, "-tags="+strings.Join(tags, ","))
	}
	return args
}

func (j *job) tags() []string {
	if len(j.Tags) > 0 { // as for go build, they replace those in GOFLAGS
		return j.Tags
	}
	return j.flags.tags
}

// report shows the user what the go command complained about.
func (j *job) report(err error, found finding) error {
	var failed *commandError
	if !errors.As(err, &failed) {
		return err
	}
	if _, err := io.WriteString(j.Stderr, failed.stderr); err != nil {
		return fmt.Errorf("sdkbuild: reporting compile errors: %w", err)
	}
	for _, c := range found.left {
		if strings.Contains(failed.stderr, "# "+c.importPath+"\n") {
			return &Error{ErrCgo, c.describe(j.platform)}
		}
	}
	return &Error{ErrCompile, "go build failed for " + j.name()}
}

// name is the package as the user knows it.
func (j *job) name() string {
	if j.Package == "" || j.Package == "." {
		return j.Dir
	}
	return j.Package
}

// blamesReseed reports whether a build failed because of our addition to
// package runtime: it did not compile, or nothing could be linked to it.
func blamesReseed(stderr string) bool {
	return strings.Contains(stderr, "wafer_reseed_wasip1.go") || strings.Contains(stderr, "waferReseed")
}
