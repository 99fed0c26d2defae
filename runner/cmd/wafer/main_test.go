package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// run runs a command line in this process.
func run(t *testing.T, environ []string, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, err bytes.Buffer
	sys := &system{stdin: strings.NewReader(""), stdout: &out, stderr: &err, environ: environ}
	code = doMain(context.WithoutCancel(t.Context()), args, sys)
	return code, out.String(), err.String()
}

// TestUsage covers what happens before a command runs.
func TestUsage(t *testing.T) {
	cases := map[string]struct {
		args           []string
		code           int
		stdout, stderr string // regular expressions; "" means no output
	}{
		"no arguments":       {nil, exitOK, `^Usage: wafer <command>`, ""},
		"--help":             {[]string{"--help"}, exitOK, `(?s)Commands:.* build .* version `, ""},
		"help of a command":  {[]string{"build", "--help"}, exitOK, `(?s)Examples:.*wafer build -o hello.wasm ./hello.*-o, --output=FILE`, ""},
		"version":            {[]string{"version"}, exitOK, `^wafer \S+ \w+/\w+ go1\.`, ""},
		"unknown command":    {[]string{"bulid"}, exitUsage, "", `^wafer: .*bulid.*\nSee "wafer --help"\.\n$`},
		"unknown flag":       {[]string{"build", "--nosuch"}, exitUsage, "", `^wafer: unknown flag --nosuch.*\nSee "wafer build --help"\.\n$`},
		"missing flag value": {[]string{"build", "-o"}, exitUsage, "", `^wafer: .*--output.*\nSee "wafer build --help"\.\n$`},
		"too many arguments": {[]string{"build", "a", "b"}, exitUsage, "", `^wafer: unexpected argument b\n`},
		"source to run":      {[]string{"run", "main.go", "-l", "127.0.0.1:0"}, exitFailure, "", `^wafer: main\.go is Go source: a handler becomes a function by: wafer build \.\n$`},
		"an s.yaml to run":   {[]string{"run", "../../../examples/serve/s.yaml", "-l", "127.0.0.1:0"}, exitFailure, "", `^wafer: .*s\.yaml is no function, but may describe some: wafer serve .*s\.yaml\n$`},
		"failing command":    {[]string{"build", "./nowhere"}, exitFailure, "", `^wafer: ./nowhere: no such file or directory\n$`},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			code, stdout, stderr := run(t, os.Environ(), c.args...)
			if code != c.code {
				t.Errorf("exit code %d, want %d", code, c.code)
			}
			for _, o := range []struct{ name, got, want string }{{"stdout", stdout, c.stdout}, {"stderr", stderr, c.stderr}} {
				if (o.want == "") != (o.got == "") || !regexp.MustCompile(o.want).MatchString(o.got) {
					t.Errorf("%s does not match %q:\n%s", o.name, o.want, o.got)
				}
			}
		})
	}
}

// TestBuild covers the one line that a build prints; package sdkbuild has tests
// for everything behind it.
func TestBuild(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "hello")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	const handler = "package main\n\nimport \"github.com/aliyun/fc-runtime-go-sdk/fc\"\n\nfunc main() { fc.Start(func() {}) }\n"
	if err := os.WriteFile(filepath.Join(dir, "main.go"), []byte(handler), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Chdir(filepath.Dir(dir))
	environ := append(os.Environ(), "GOPROXY=off")
	code, stdout, stderr := run(t, environ, "build", "hello")
	want := regexp.MustCompile(`^hello\.wasm: \d+\.\d MB, starts with \d+\.\d MB of memory \(\d+ pages\), go1\.\S+\n$`)
	if code != exitOK || !want.MatchString(stdout) || stderr != "" {
		t.Errorf("exit code %d, stdout %q, stderr %q", code, stdout, stderr)
	}
	code, stdout, stderr = run(t, environ, "build", "-q", "-o", "other.wasm", "hello")
	if code != exitOK || stdout != "" || stderr != "" {
		t.Errorf("quiet: exit code %d, stdout %q, stderr %q", code, stdout, stderr)
	}
	if _, err := os.Stat("other.wasm"); err != nil {
		t.Error(err)
	}
}
