package main

import (
	"errors"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/wafer-run/wafer/runner/internal/certificate/certificatetest"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"wafer": main})
}

// TestScripts runs the program the way people do. Scripts have no network and no
// modules, but the real Go toolchain and its build cache.
func TestScripts(t *testing.T) {
	t.Parallel()
	cache, err := exec.CommandContext(t.Context(), "go", "env", "GOCACHE").Output()
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir:                "testdata/script",
		RequireUniqueNames: true,
		UpdateScripts:      os.Getenv("UPDATE_SCRIPTS") != "",
		Setup: func(env *testscript.Env) error {
			env.Vars = append(env.Vars,
				"GOPROXY=off", "GOFLAGS=-mod=mod", "GOTOOLCHAIN=local", "GOENV=off",
				"XDG_CACHE_HOME="+env.WorkDir+"/cache",
				"GOMODCACHE="+env.WorkDir+"/modcache",
				"GOCACHE="+strings.TrimSpace(string(cache)))
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits": exits, "freeaddr": freeaddr, "hostport": hostport, "request": request, "edit": edit, "await": await, "together": together, "header": header,
			"certificate": func(ts *testscript.TestScript, neg bool, args []string) { writeCertificate(t, ts, neg, args) },
		},
	})
}

// writeCertificate writes a certificate for a name and its key:
// certificate NAME CERT KEY
func writeCertificate(t *testing.T, ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: certificate NAME CERT KEY")
	}
	cert, key := certificatetest.Pair(t, args[0], time.Hour, args[0])
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), cert, 0o600))
	ts.Check(os.WriteFile(ts.MkAbs(args[2]), key, 0o600))
}

// exits runs a command and checks its exit code: exits CODE COMMAND [ARG...]
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE COMMAND [ARG...]")
	}
	code := 0
	var failed *exec.ExitError
	if err := ts.Exec(args[1], args[2:]...); errors.As(err, &failed) {
		code = failed.ExitCode()
	} else {
		ts.Check(err)
	}
	if got := strconv.Itoa(code); got != args[0] {
		ts.Fatalf("%s exits with %s, want %s", args[1], got, args[0])
	}
}
