package sdkbuild_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/wafer-run/wafer/runner/internal/sdkbuild"
)

// posing is a go command that claims to be another version of itself.
func posing(t *testing.T, version string) string {
	t.Helper()
	return wrapGo(t, fmt.Sprintf(`case "$*" in "env -json"*)
	go "$@" | sed 's/"GOVERSION": ".*"/"GOVERSION": "%s"/'
	exit
esac`, version))
}

func TestToolchain(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		command string
		env     []string
		reason  error
		parts   []string
	}{
		"none on PATH": {
			env:    []string{"PATH=" + t.TempDir()},
			reason: sdkbuild.ErrNoToolchain, parts: []string{`no command "go" on PATH`, "https://go.dev/dl/"},
		},
		"PATH names the working directory": {
			env:    []string{"PATH=.:bin"},
			reason: sdkbuild.ErrNoToolchain,
		},
		"none at the path": {
			command: "/nowhere/go",
			reason:  sdkbuild.ErrNoToolchain, parts: []string{"/nowhere/go"},
		},
		"too old": {
			command: posing(t, "go1.23.12"),
			reason:  sdkbuild.ErrOldToolchain, parts: []string{"is go1.23.12", "needs go1.24 or newer"},
		},
		"so old that it does not say": {
			command: posing(t, ""),
			reason:  sdkbuild.ErrOldToolchain, parts: []string{"is a version before go1.16", "needs go1.24 or newer"},
		},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := plain.with(tree{"go": "#!/bin/sh\nexit 0\n", "bin/go": "#!/bin/sh\nexit 0\n"}).write(t, "h")
			got := build(t, sdkbuild.Options{Dir: dir, Go: c.command, Env: append(offline(t), c.env...)})
			wantError(t, got, c.reason, c.parts...)
		})
	}
}

func TestToolchainWarnings(t *testing.T) {
	t.Parallel()
	for version, want := range map[string]string{
		"go1.24":                          "steps of 4 MiB",
		"go1.25.3":                        "steps of 4 MiB",
		"go1.26.0":                        "",
		"go1.26-custom":                   "",
		"devel go1.27-0123456789 Mon Jan": "",
	} {
		t.Run(version, func(t *testing.T) {
			t.Parallel()
			got := mustBuild(t, sdkbuild.Options{Dir: plain.write(t, "h"), Go: posing(t, version)})
			if text := strings.Join(got.Warnings, "\n"); (text == "") != (want == "") || !strings.Contains(text, want) {
				t.Errorf("warnings %q, want %q", text, want)
			}
			if got.GoVersion != version {
				t.Errorf("version %q", got.GoVersion)
			}
		})
	}
}
