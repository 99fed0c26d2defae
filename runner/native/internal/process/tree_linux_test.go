package process_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/wafer-run/wafer/runner/native/internal/process"
)

// marked finds processes with a word among their arguments.
func marked(t testing.TB, mark string) []int {
	t.Helper()
	files, err := filepath.Glob("/proc/[0-9]*/cmdline")
	if err != nil {
		t.Fatal(err)
	}
	var pids []int
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err == nil && bytes.Contains(b, []byte("\x00"+mark+"\x00")) {
			pid, _ := strconv.Atoi(filepath.Base(filepath.Dir(f)))
			pids = append(pids, pid)
		}
	}
	return pids
}

func mark(t testing.TB) string { return fmt.Sprintf("%s-%d", t.Name(), os.Getpid()) }

// TestKillTree kills a process with a grandchild in a session of its own.
func TestKillTree(t *testing.T) {
	m := mark(t)
	p, out := begin(t, process.Spec{}, "daemon", "stay", m)
	await(t, "the grandchild", func() bool { return out.String() == "sleeping\n" })
	if n := len(marked(t, m)); n != 2 {
		t.Fatalf("%d processes, want 2", n)
	}
	p.Kill()
	p.Kill()
	s := p.Wait()
	if !s.Killed || s.Signal != syscall.SIGKILL || s.Code != -1 {
		t.Errorf("status %+v", s)
	}
	if left := marked(t, m); len(left) > 0 {
		t.Errorf("processes %v are left", left)
	}
	p.Kill() // of what has ended
}

// TestExitEndsTree leaves a daemon behind.
func TestExitEndsTree(t *testing.T) {
	m := mark(t)
	out, s := finish(t, process.Spec{}, "daemon", "exit", m)
	if out != "sleeping\n" || s.Code != 0 || s.Killed {
		t.Errorf("%q, %s", out, s)
	}
	if left := marked(t, m); len(left) > 0 {
		t.Errorf("processes %v are left", left)
	}
}

// TestParentDeath kills wafer, as it were, by SIGKILL.
func TestParentDeath(t *testing.T) {
	needs(t, process.PIDNamespace) // without, the first process dies alone
	m := mark(t)
	h := startHelper(t, helperSpec{Dir: code(t), Args: []string{"daemon", "stay", m}}, nil)
	defer func() { t.Log(h.out) }()
	await(t, "the grandchild", func() bool { return strings.Contains(h.out.String(), "sleeping\n") })
	if n := len(marked(t, m)); n != 2 {
		t.Fatalf("%d processes, want 2: %s", n, h.out)
	}
	if err := h.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	await(t, "the tree to end", func() bool { return len(marked(t, m)) == 0 })
}

// helperSpec is what a helper starts.
type helperSpec struct {
	Dir  string
	Args []string
	Spec process.Spec // limits
}

type helper struct {
	cmd *exec.Cmd
	out *buffer
}

const helperVariable = "WAFER_TEST_HELPER"

// startHelper runs this test's program as something that starts a process.
func startHelper(t testing.TB, spec helperSpec, attr *syscall.SysProcAttr) *helper {
	t.Helper()
	text, err := json.Marshal(spec)
	if err != nil {
		t.Fatal(err)
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	// Where other users reach it.
	copied := filepath.Join(code(t), "helper")
	// By a program of its own, as TestBusyProgram says why.
	if out, err := exec.Command("cp", self, copied).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if err := os.Chmod(filepath.Dir(filepath.Dir(copied)), 0o755); err != nil {
		t.Fatal(err)
	}
	h := &helper{out: &buffer{}}
	h.cmd = exec.Command(copied)
	h.cmd.Env = append(os.Environ(), helperVariable+"="+string(text))
	h.cmd.Stdout, h.cmd.Stderr, h.cmd.SysProcAttr = h.out, h.out, attr
	h.cmd.WaitDelay = time.Second
	if err := h.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = h.cmd.Process.Kill()
		_ = h.cmd.Wait()
	})
	return h
}

// TestMain is the helper when it is asked to be.
func TestMain(m *testing.M) {
	text := os.Getenv(helperVariable)
	if text == "" {
		process.Support() // before a helper that is another user marks this process, see TestCycles
		code := m.Run()
		if file, err := program(); err == nil {
			_ = os.RemoveAll(filepath.Dir(file))
		}
		os.Exit(code)
	}
	var h helperSpec
	if err := json.Unmarshal([]byte(text), &h); err != nil {
		panic(err)
	}
	spec := h.Spec
	spec.Path, spec.Dir, spec.Args, spec.Stdout, spec.Stderr = "probe", h.Dir, h.Args, os.Stdout, os.Stdout
	p, err := process.Start(spec)
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	s := p.Wait()
	fmt.Printf("status: %s\nreport: %s\n", s, p.Report())
	os.Exit(0)
}
