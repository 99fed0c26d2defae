package native_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/wafer-run/wafer/runner"
	"github.com/wafer-run/wafer/runner/native"
)

// TestCustomStartErrors checks FC's codes and messages for servers that do not
// start, each with a process that does not.
func TestCustomStartErrors(t *testing.T) {
	dir := t.TempDir()
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	for name, file := range map[string]struct {
		text string
		mode os.FileMode
	}{
		"bootstrap":   {"#!/bin/sh\necho unlucky\nexit 2\n", 0o755},
		"no-exec":     {"#!/bin/sh\n", 0o644},
		"no-shebang":  {"echo hello\n", 0o755},
		"bad-shebang": {"#!/nowhere/sh\n", 0o755},
		"killed":      {"#!/bin/sh\nsh -c 'kill -9 $$'\nexit $?\n", 0o755},
		"code-145":    {"#!/bin/sh\nexit 145\n", 0o755},
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(file.text), file.mode); err != nil {
			t.Fatal(err)
		}
	}
	q := regexp.QuoteMeta(seen(t, dir))
	start := func(command ...string) func(*native.Program) {
		return func(p *native.Program) { p.Dir, p.Command = dir, command }
	}
	cases := []struct {
		name, typ, message string
		service            string
		env                []string
		change             func(*native.Program)
	}{
		{name: "exits", typ: "CAExited", change: start(),
			message: `^Function instance exited unexpectedly\(code 2, message:no such file or directory\) with start command '` + q + `/bootstrap '\. Logs:unlucky$`},
		{name: "exits, with arguments", typ: "CAExited", change: start("./bootstrap", "a", "b"),
			message: `^Function instance exited unexpectedly\(code 2, message:no such file or directory\) with start command '` + q + `/bootstrap a b '\. Logs:unlucky$`},
		{name: "exits with a code that is no errno", typ: "CAExited", change: start("code-145"),
			message: `^Function instance exited unexpectedly\(code 145\) with start command '` + q + `/code-145 '\. Logs:$`},
		{name: "is killed", typ: "CAExited", change: start("killed"),
			message: `^Function instance exited unexpectedly\(code 137\) with start command '` + q + `/killed '\. Logs:(Killed)?$`},
		{name: "no exec bit", typ: "CAFilePermission", change: start("no-exec"),
			message: `^The function cannot be started\. Function instance exited unexpectedly\(code 13, message:permission denied\) with start command '` + q + `/no-exec '\.$`},
		{name: "missing", typ: "CAFileNotFound", change: start("missing"),
			message: `^The function cannot be started\. Failed to start function instance\. Error: the file ` + q + `/missing is not exist$`},
		{name: "no shebang", typ: "CAExited", change: start("no-shebang"),
			message: `^Function instance exited unexpectedly\(code 8, message:exec format error\) with start command '` + q + `/no-shebang '\. Logs:$`},
		{name: "no interpreter", typ: "CAExited", change: start("bad-shebang"),
			message: `^Function instance exited unexpectedly\(code 2, message:no such file or directory\) with start command '` + q + `/bad-shebang '\. Logs:$`},
		{name: "127.0.0.1 only", typ: "FunctionNotStarted", env: []string{"ADDRESS", "127.0.0.1"},
			message: `^Function instance health check failed on port 9000 in 1 seconds\.\nLogs:FunctionCompute custom runtime inited\.\nwafer: the server listens on 127\.0\.0\.1:9000 only, want 0\.0\.0\.0:9000$`},
		{name: "wrong port", typ: "FunctionNotStarted", env: []string{"START", "wrong-port"},
			message: `^Function instance health check failed on port 9000 in 1 seconds\.\nLogs:FunctionCompute custom runtime inited\.$`},
		{name: "takes too long", typ: "FunctionNotStarted", env: []string{"START", "mute"},
			message: `^Function instance health check failed on port 9000 in 1 seconds\.\nLogs:thinking$`},
		{name: "is not well", typ: "FunctionNotStarted", env: []string{"START", "sick"},
			change: func(p *native.Program) {
				p.StartTimeout = time.Minute
				p.HealthCheck = &native.HealthCheck{Path: "/health", Period: 10 * time.Millisecond}
			},
			message: `^Function instance health check failed on port 9000 in 1 seconds\.\nLogs:FunctionCompute custom runtime inited\.$`},
		{name: "2.0: exits", typ: "CAExited", service: "svc", change: start(),
			message: `^The CA process either cannot be started or exited:ContainerStartDuration:\d+\. CA process cannot be started or exited already:` +
				` rpc error: code = 106 desc = ContainerStartDuration:\d+\. Ping CA failed due to: dial tcp 127\.0\.0\.2:9000: i/o timeout Logs : \d{4}-\S+Z unlucky$`},
		{name: "2.0: no shebang", typ: "CAExited", service: "svc", change: start("no-shebang"),
			message: `^The CA process either cannot be started .* Logs : \d{4}-\S+Z exec user process caused "exec format error"$`},
		{name: "2.0: no exec bit", typ: "CAFilePermission", service: "svc", change: start("no-exec"),
			message: `^The CA process cannot be started due to bootstrap file don't have execute permissions$`},
		{name: "2.0: takes too long", typ: "FunctionNotStarted", service: "svc", env: []string{"START", "mute"},
			message: `^The CA's http server cannot be started:ContainerStartDuration:\d{10,}\. Ping CA failed due to: dial tcp 127\.0\.0\.2:9000: getsockopt: connection refused Logs : \d{4}-\S+Z thinking$`},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			r := newRig(t)
			p := server()
			p.StartTimeout = time.Second
			if c.change != nil {
				c.change(&p)
			}
			f := r.load(config(c.env...).WithService(c.service), p)
			res, err := f.Invoke(context.Background(), runner.Event{RequestID: "req-1"})
			var failed *runner.InvokeError
			if !errors.As(err, &failed) || res != nil {
				t.Fatalf("result %v, error %v", res, err)
			}
			if failed.Kind != runner.BootFailed || failed.Type != c.typ || failed.RequestID != "req-1" || failed.Function != "f" {
				t.Errorf("error %#v", failed)
			}
			if !regexp.MustCompile(c.message).MatchString(failed.Message) {
				t.Errorf("message\n%s\nwant\n%s", failed.Message, c.message)
			}
		})
	}
}

// TestCustomStartsSlowly checks that a server is waited for.
func TestCustomStartsSlowly(t *testing.T) {
	r := newRig(t)
	f := r.load(config("START", "slow"), server())
	if out, _ := invoke(t, f, "hello"); out != "hello" {
		t.Errorf("payload %q", out)
	}
}

// TestScript starts a server by a script, and a program from the PATH.
func TestScript(t *testing.T) {
	r := newRig(t)
	dir := t.TempDir()
	script := "#!/bin/sh\nexec ./server \"$@\"\n"
	binary, err := os.ReadFile(filepath.Join(programs, "server", "server"))
	if err == nil {
		err = errors.Join(os.Chmod(dir, 0o755), os.WriteFile(filepath.Join(dir, "server"), binary, 0o755),
			os.WriteFile(filepath.Join(dir, "bootstrap"), []byte(script), 0o755))
	}
	if err != nil {
		t.Fatal(err)
	}
	for _, command := range [][]string{nil, {"sh", "bootstrap"}} {
		f := r.load(config(), native.Program{Kind: native.Custom, Dir: dir, Command: command, Args: []string{"-x"}})
		if out, _ := invoke(t, f, `{"do":"context"}`); !strings.Contains(out, `"args":["-x"]`) {
			t.Errorf("%q: %s", command, out)
		}
		if err := f.Close(context.Background()); err != nil {
			t.Error(err)
		}
	}
}
