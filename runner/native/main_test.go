package native_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/wafer-run/wafer/hostfns/logs"
	"github.com/wafer-run/wafer/runner"
	"github.com/wafer-run/wafer/runner/native"
)

// programs is where the test programs are.
var programs string

func TestMain(m *testing.M) {
	if runtime.GOOS != "linux" {
		fmt.Println("native programs need Linux")
		os.Exit(0)
	}
	dir, err := os.MkdirTemp("", "wafer-native-test")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	programs = dir
	code := 1
	if err := errors.Join(build(), warmUp()); err != nil {
		fmt.Fprintln(os.Stderr, err)
	} else {
		code = m.Run()
	}
	os.RemoveAll(dir)
	os.Exit(code)
}

// build builds the test programs.
func build() error {
	for _, name := range []string{"pull", "server"} {
		cmd := exec.Command("go", "build", "-o", filepath.Join(programs, name, name), "./testdata/"+name)
		cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
		if out, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("building %s: %w\n%s", name, err, out)
		}
	}
	return os.Chmod(programs, 0o755) // instances may have users of their own
}

// warmUp makes what a process keeps for good once it has run native programs,
// so that no test seems to leak it.
func warmUp() error {
	rt, err := native.New(native.Config{})
	if err != nil {
		return err
	}
	_ = rt.Containment()
	return rt.Close(context.Background())
}

// rig is a runtime for one test.
type rig struct {
	*native.Runtime
	t testing.TB
	// shared tells that others have goroutines, too: a front keeps its workers
	// for a while.
	shared bool

	mu    sync.Mutex
	lines []string
}

// newRig makes a runtime that is closed when the test ends. The test fails when
// processes, descriptors, goroutines or directories are left over.
func newRig(t testing.TB) *rig {
	t.Helper()
	before := count(t)
	r := &rig{t: t}
	var err error
	if r.Runtime, err = native.New(native.Config{LogSink: r.sink}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
		defer cancel()
		if err := r.Close(ctx); err != nil {
			t.Errorf("closing the runtime: %v", err)
		}
		if r.shared {
			before.goroutines = 1 << 20
		}
		before.check(t)
		if t.Failed() {
			t.Logf("log:\n%s", strings.Join(r.log(), "\n"))
		}
	})
	return r
}

func (r *rig) sink(l logs.Line) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.lines = append(r.lines, string(l.Text))
}

// log returns what was logged until now.
func (r *rig) log() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]string(nil), r.lines...)
}

// logged counts lines that contain a text.
func (r *rig) logged(text string) int {
	n := 0
	for _, l := range r.log() {
		if strings.Contains(l, text) {
			n++
		}
	}
	return n
}

func (r *rig) load(cfg runner.FunctionConfig, p native.Program) *native.Function {
	r.t.Helper()
	f, err := r.Load(context.Background(), cfg, p)
	if err != nil {
		r.t.Fatal(err)
	}
	return f
}

// config is what most tests start from: names that appear in messages, and
// limits that a test reaches.
func config(env ...string) runner.FunctionConfig {
	vars := map[string]string{}
	for i := 0; i < len(env); i += 2 {
		vars[env[i]] = env[i+1]
	}
	return runner.NewFunctionConfig("f").WithHandler("pull").WithEnv(vars).WithTimeout(20 * time.Second)
}

// pull is the program of the go1 runtime.
func pull() native.Program { return native.Program{Dir: filepath.Join(programs, "pull")} }

// seen returns where a program sees its code directory: where FC has it, if this
// machine can give it a file tree of its own.
func seen(t testing.TB, dir string) string {
	t.Helper()
	rt, err := native.New(native.Config{})
	if err != nil {
		t.Fatal(err)
	}
	defer rt.Close(context.Background())
	if strings.Contains(rt.Containment(), "no mount-namespace") {
		return dir
	}
	return "/code"
}

// invoke calls f and expects an answer.
func invoke(t testing.TB, f *native.Function, event string) (string, *runner.Result) {
	t.Helper()
	res, err := f.Invoke(context.Background(), runner.Event{Payload: []byte(event), WithLog: true})
	if err != nil {
		t.Fatalf("%s: %v", event, err)
	}
	return string(res.Payload), res
}

// eventually waits for something that others bring about.
func eventually(t testing.TB, what string, ok func() bool) {
	t.Helper()
	for range 1000 {
		if ok() {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatalf("never: %s", what)
}
