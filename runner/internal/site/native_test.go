//go:build linux

package site_test

import (
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/wafer-run/wafer/runner"
	"github.com/wafer-run/wafer/runner/internal/bundle"
	"github.com/wafer-run/wafer/runner/internal/guesttest"
	"github.com/wafer-run/wafer/runner/internal/manifest"
	"github.com/wafer-run/wafer/runner/internal/site"
	"github.com/wafer-run/wafer/runner/native"
)

// prime starts a program, so that what package native keeps open for as long as
// the process lives is open before anybody counts.
func prime(t *testing.T) {
	rt, err := native.New(native.Config{})
	if err != nil {
		t.Skip(err)
	}
	f, err := rt.Load(t.Context(), runner.NewFunctionConfig("prime"), native.Program{Dir: "/", Command: []string{"/bin/true"}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.Invoke(t.Context(), runner.Event{}); err == nil {
		t.Error("/bin/true answers an event")
	}
	if err := rt.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// TestNative: programs of the runtimes go1 and custom, in their directories, in
// a zip and as one file, beside each other.
func TestNative(t *testing.T) {
	if testing.Short() {
		t.Skip("builds programs")
	}
	prime(t)
	r := newRig(t)
	if err := os.Chmod(r.dir, 0o755); err != nil { // instances may have users of their own
		t.Fatal(err)
	}
	server := filepath.Join(t.TempDir(), "server")
	build := exec.Command("go", "build", "-o", server, "./testdata/native")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	binary, err := os.ReadFile(server)
	if err != nil {
		t.Fatal(err)
	}
	r.write("custom/bootstrap", binary)
	r.write("bin/server", binary)
	r.write("bin/secret", []byte("not the function's"))
	packed, err := bundle.PackFile(filepath.Join(r.dir, "code.zip"), filepath.Join(r.dir, "custom"))
	if err != nil {
		t.Fatal(err)
	}
	r.write("go1/event", guesttest.BuildNative(t, "testdata/event"))
	r.apply(`
edition: 3.0.0
resources:
  event:
    component: fc3
    props: {functionName: event, region: cn-beijing, runtime: go1, handler: event, code: ./go1, environmentVariables: {GREETING: hi}}
  custom:
    component: fc3
    props: &custom
      functionName: custom
      region: cn-beijing
      runtime: custom.debian10
      code: ./custom
      memorySize: 8192
      environmentVariables: {GREETING: hello}
      customRuntimeConfig: {args: [-x, y], port: 8080}
      triggers:
        - {triggerName: t, triggerType: http, triggerConfig: {authType: anonymous, methods: [GET]}}
  zip:
    component: fc3
    props: {<<: *custom, functionName: zip, code: code.zip}
  file:
    component: fc3
    props:
      <<: *custom
      functionName: file
      code: bin/server
      customRuntimeConfig: {command: [/code/server, -v], healthCheckConfig: {httpGetUrl: /ready}}
`)
	for _, c := range []struct{ method, host, path, want string }{
		{"POST", "", "/2023-03-30/functions/event/invocations", `200 {"account":"","function":"event","greeting":"hi","log":"/","region":"cn-beijing","service":""}`},
		{"GET", "custom.localhost", "/a", "200 hello [-x y]: GET /a"},
		{"POST", "", "/2023-03-30/functions/custom/invocations", "200 hello [-x y]: POST /invoke"},
		{"GET", "zip.localhost", "/c", "200 hello [-x y]: GET /c"},
		{"GET", "file.localhost", "/b", "200 hello [-v]: GET /b"},
	} {
		if got := r.do(c.method, c.host, c.path); got != c.want {
			t.Errorf("%s %s%s:\ngot  %s\nwant %s", c.method, c.host, c.path, got, c.want)
		}
	}
	target, err := r.Lookup("", "zip", "")
	if err != nil {
		t.Fatal(err)
	}
	if res, err := target.Invoke(t.Context(), runner.Event{}); err != nil || res.Usage.Checksum != packed.Checksum {
		t.Errorf("the code of a zip has another checksum than %d: %+v, error %v", packed.Checksum, res, err)
	}
	target, err = r.Lookup("", "file", "")
	if err != nil {
		t.Fatal(err)
	}
	if m := target.Config().Memory(); m != 8192 {
		t.Errorf("an instance has %d MB, want 8192", m)
	}
	if err := r.Close(t.Context()); err != nil {
		t.Error(err)
	}
	err = filepath.WalkDir(filepath.Join(r.cache, "packages"), func(path string, e fs.DirEntry, err error) error {
		if e.Name() == "server" || e.Name() == "bootstrap" {
			t.Errorf("%s is left over", path)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

// TestDoubtful: programs that will not start are served as on FC, with its
// errors, unless they would replace one that may start.
func TestDoubtful(t *testing.T) {
	prime(t)
	r := newRig(t)
	if err := os.Chmod(r.dir, 0o755); err != nil { // instances may have users of their own
		t.Fatal(err)
	}
	r.write("forbidden/bootstrap", []byte("#!/bin/sh\n"))
	r.write("absent/readme", nil)
	r.write("text/bootstrap", []byte("echo hello\n"))
	r.write("fine/bootstrap", []byte("#!/bin/sh\nexit 3\n"))
	mode := func(name string, mode fs.FileMode) {
		if err := os.Chmod(filepath.Join(r.dir, name), mode); err != nil {
			t.Fatal(err)
		}
	}
	mode("forbidden/bootstrap", 0o644)
	if _, err := bundle.PackFile(filepath.Join(r.dir, "absent.zip"), filepath.Join(r.dir, "absent")); err != nil {
		t.Fatal(err)
	}
	const text = `
edition: 3.0.0
resources:
  forbidden: {component: fc3, props: &p {functionName: forbidden, region: r, runtime: custom, code: ./forbidden}}
  absent: {component: fc3, props: {<<: *p, functionName: absent, code: ./absent}}
  zip: {component: fc3, props: {<<: *p, functionName: zip, code: absent.zip}}
  text: {component: fc3, props: {<<: *p, functionName: text, code: ./text}}
  fine: {component: fc3, props: {<<: *p, functionName: fine, code: ./fine}}
`
	r.apply(text)
	wants := map[string]string{
		"forbidden": `412 {"Code":"CAFilePermission",`, "absent": `412 {"Code":"CAFileNotFound",`, "zip": `412 {"Code":"CAFileNotFound",`,
		"text": `412 {"Code":"CAExited","Message":"Function instance exited unexpectedly(code 8, `,
		"fine": `412 {"Code":"CAExited","Message":"Function instance exited unexpectedly(code 3, `,
	}
	for name, want := range wants {
		if got := r.do("POST", "", "/2023-03-30/functions/"+name+"/invocations"); !strings.HasPrefix(got, want) {
			t.Errorf("%s answers %s, want %s", name, got, want)
		}
	}
	var notes []string
	for _, n := range site.Notes(r.parse(text)) {
		notes = append(notes, strings.TrimPrefix(n.String(), r.dir+"/"))
	}
	if diff := cmp.Diff([]string{
		`s.yaml:4:101: resources.forbidden.props.code is "./forbidden", and bootstrap in it is not executable (mode 0644, run chmod +x on it): invocations answer CAFilePermission, as on FC`,
		`s.yaml:5:72: resources.absent.props.code is "./absent", and bootstrap is not in it: invocations answer CAFileNotFound, as on FC`,
		`s.yaml:7:68: resources.text.props.code is "./text", and bootstrap in it is no program, nor a script that begins with #!: invocations answer CAExited, as on FC`,
	}, notes); diff != "" {
		t.Errorf("notes (-want +got):\n%s", diff)
	}
	// What may start is not replaced by what will not, as while it is being built.
	mode("fine/bootstrap", 0o644)
	err := r.Apply(t.Context(), r.parse(text))
	var bad *manifest.Error
	if !errors.As(err, &bad) || len(bad.Problems) != 1 || !strings.Contains(err.Error(), "fine.props.code is \"./fine\", and bootstrap in it is not executable") {
		t.Errorf("replacing one that may start: %v", err)
	}
	mode("fine/bootstrap", 0o755)
	mode("forbidden/bootstrap", 0o755)
	r.apply(text)
	if got := r.do("POST", "", "/2023-03-30/functions/forbidden/invocations"); !strings.HasPrefix(got, `412 {"Code":"CAExited",`) {
		t.Errorf("after chmod +x: %s", got)
	}
}
