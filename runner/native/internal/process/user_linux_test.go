package process_test

import (
	"errors"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/wafer-run/wafer/runner/native/internal/process"
)

// asNobody runs the probe from a wafer that an ordinary user started.
func asNobody(t *testing.T, spec process.Spec, args ...string) string {
	t.Helper()
	if os.Getuid() != 0 {
		t.Skip("this is an ordinary user already: the other tests cover it")
	}
	nobody := &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
	h := startHelper(t, helperSpec{Dir: code(t), Args: args, Spec: spec}, nobody)
	_ = h.cmd.Wait()
	return h.out.String()
}

// TestOrdinaryUser says what is left without root.
func TestOrdinaryUser(t *testing.T) {
	out := asNobody(t, process.Spec{Memory: 256 * mb, Pids: 30}, "exit", "3")
	t.Log(out)
	for _, want := range []string{"status: exit code 3\n", " session", " parent-death", " no-new-privileges", " private-temp", " rlimits", "no credentials: only root"} {
		if !strings.Contains(out, want) {
			t.Errorf("the report lacks %q", want)
		}
	}
}

// TestOrdinaryUserFiles relies on Landlock alone.
func TestOrdinaryUserFiles(t *testing.T) {
	needs(t, process.Landlock)
	secret := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(secret, []byte("content"), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"read", secret}, {"write", "new"}, {"write", "/tmp/new"}, {"read", "/etc/fstab"}} {
		if out := asNobody(t, process.Spec{}, args...); !strings.HasPrefix(out, "error: ") {
			t.Errorf("%v: %s", args, out)
		}
	}
	before := temporaries(t)
	out := asNobody(t, process.Spec{}, "temp")
	if !strings.HasPrefix(out, "kept\n") {
		t.Errorf("writing to TMPDIR: %s", out)
	}
	if left := temporaries(t); left > before {
		t.Errorf("%d temporary directories, %d before", left, before)
	}
}

// TestOrdinaryUserEgress relies on Landlock's network rules.
func TestOrdinaryUserEgress(t *testing.T) {
	needs(t, process.LandlockNetwork)
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	if out := asNobody(t, process.Spec{}, "dial", "tcp", ln.Addr().String()); !strings.Contains(out, "permission denied") {
		t.Errorf("without the grant: %s", out)
	}
}

// TestOrdinaryUserTree kills a daemonised grandchild with wafer, without root.
func TestOrdinaryUserTree(t *testing.T) {
	m := mark(t)
	out := asNobody(t, process.Spec{}, "daemon", "exit", m)
	if !strings.Contains(out, "sleeping\n") {
		t.Errorf("output: %s", out)
	}
	if !strings.Contains(out, " pid-namespace") {
		t.Skipf("ordinary users have no PID namespaces here: %s", out)
	}
	if left := marked(t, m); len(left) > 0 {
		t.Errorf("processes %v are left", left)
	}
}

// TestRlimits replaces the groups that an ordinary user cannot make.
func TestRlimits(t *testing.T) {
	out := asNobody(t, process.Spec{Memory: 64 * mb, Pids: 60}, "alloc", "419430400")
	if strings.Contains(out, "allocated") || strings.Contains(out, "status: exit code 0\n") {
		t.Errorf("400 MB with a limit of 64: %s", out)
	}
	out = asNobody(t, process.Spec{Pids: 60}, "fork", "40")
	if strings.Contains(out, " pid-namespace") && (strings.Contains(out, "started 40\n") || !strings.Contains(out, "started ")) {
		t.Errorf("40 children of several threads each, with a limit of 60: %s", out)
	}
}

// TestRequire names what is missing.
func TestRequire(t *testing.T) {
	_, err := process.Start(process.Spec{Path: "probe", Dir: code(t), Require: []process.Mechanism{"magic"}})
	var missing *process.MissingError
	if !errors.As(err, &missing) || err.Error() != "process: required mechanism magic is missing: there is no such mechanism" {
		t.Errorf("error %v", err)
	}
	out := asNobody(t, process.Spec{Require: []process.Mechanism{process.Credentials}}, "exit", "0")
	if want := "process: required mechanism credentials is missing: only root can give a process another user\n"; out != want {
		t.Errorf("%q, want %q", out, want)
	}
}

// TestPrivateCode runs code that only root may read as root, and says so.
func TestPrivateCode(t *testing.T) {
	needs(t, process.Credentials)
	dir := code(t)
	if err := os.Chmod(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	p, out := begin(t, process.Spec{Dir: dir}, "who")
	if s := p.Wait(); s.Code != 0 {
		t.Fatalf("%s, %s", s, out)
	}
	want := "only its owner may read the code directory " + dir + " (mode 0700)"
	if got := p.Report().Refused[process.Credentials]; got != want || !strings.HasPrefix(out.String(), "0 ") {
		t.Errorf("refused because %q, want %q; %s", got, want, out)
	}
}
