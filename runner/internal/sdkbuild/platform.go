package sdkbuild

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"
)

// DefaultTarget is what functions are built for unless asked otherwise.
const DefaultTarget = "wasip1/wasm"

// platform is a system and a processor, in Go's words.
type platform struct{ os, arch string }

var platformForm = regexp.MustCompile(`^([a-z0-9]+)/([a-z0-9]+)$`)

// parsePlatform reads a target such as "linux/amd64". Whether Go knows it is for
// the go command to say.
func parsePlatform(text string) (platform, error) {
	if text == "" {
		text = DefaultTarget
	}
	m := platformForm.FindStringSubmatch(text)
	if m == nil {
		return platform{}, &Error{ErrTarget, fmt.Sprintf(
			"target %q is no system and processor: want %s or, for example, linux/amd64", text, DefaultTarget)}
	}
	p := platform{os: m[1], arch: m[2]}
	if p.arch == "wasm" && p.os != "wasip1" {
		return platform{}, &Error{ErrTarget, fmt.Sprintf(
			"target %s: functions are built for WebAssembly as %s only", text, DefaultTarget)}
	}
	return p, nil
}

// String returns the form that parsePlatform reads.
func (p platform) String() string { return p.os + "/" + p.arch }

// native reports whether a function is a program there, and no module.
func (p platform) native() bool { return p.os != "wasip1" }

// env is for the go command. Native programs are static, too: where one runs is
// up to the host, which need not have the libraries of this machine.
func (p platform) env() []string {
	return []string{"GOOS=" + p.os, "GOARCH=" + p.arch, "CGO_ENABLED=0"}
}

// suffix is that of a file's name.
func (p platform) suffix() string {
	switch {
	case !p.native():
		return ".wasm"
	case p.os == "windows":
		return ".exe"
	}
	return ""
}

// noC says why there is no C.
func (p platform) noC() string {
	if p.native() {
		return "as a static program, which is done without C"
	}
	return "for WebAssembly, which has no C"
}

// check asks the go command whether it can build for p. Other commands than
// build do not tell, but complain about the standard library.
func (p platform) check(ctx context.Context, g goCommand) error {
	_, err := g.run(ctx, "build", "-n", "unsafe")
	var failed *commandError
	if errors.As(err, &failed) {
		return &Error{ErrTarget, fmt.Sprintf("target %s: %s (\"go tool dist list\" prints what there is)", p, strings.TrimPrefix(failed.Error(), "go: "))}
	}
	return err
}
