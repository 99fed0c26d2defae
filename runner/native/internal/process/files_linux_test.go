package process_test

import (
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/wafer-run/wafer/runner/native/internal/process"
)

// TestFiles tries what a process must not do to the host's files.
func TestFiles(t *testing.T) {
	needs(t, process.Landlock)
	dir, other := code(t), t.TempDir()
	secret := filepath.Join(other, "secret")
	for _, f := range []string{secret, filepath.Join(dir, "data")} {
		if err := os.WriteFile(f, []byte("content"), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink(secret, filepath.Join(dir, "link")); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(dir, 0o777); err != nil { // the mode alone would let it write
		t.Fatal(err)
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		t.Fatal(err)
	}
	cases := map[string]struct {
		args []string
		want string // prefix of the output
	}{
		"own code":                {[]string{"read", "data"}, "content"},
		"own code at FC's place":  {[]string{"read", "/code/data"}, "content"},
		"writing to the code":     {[]string{"write", "new"}, "error: "},
		"replacing the code":      {[]string{"write", "data"}, "error: "},
		"changing modes":          {[]string{"chmod", "data"}, "error: "},
		"another's code":          {[]string{"read", secret}, "error: "},
		"a link out of the code":  {[]string{"read", "link"}, "error: "},
		"listing another's code":  {[]string{"ls", other}, "error: "},
		"root's home":             {[]string{"ls", "/root"}, "error: "},
		"wafer's cache":           {[]string{"ls", filepath.Join(cache, "wafer")}, "error: "},
		"passwords":               {[]string{"read", "/etc/shadow"}, "error: "},
		"host configuration":      {[]string{"read", "/etc/fstab"}, "error: "},
		"writing to the root":     {[]string{"write", "/new"}, "error: "},
		"writing to programs":     {[]string{"write", "/usr/bin/new"}, "error: "},
		"writing to /dev":         {[]string{"write", "/dev/new"}, "error: "},
		"/dev/null":               {[]string{"write", "/dev/null"}, ""},
		"memory of the kernel":    {[]string{"read", "/proc/kcore"}, "error: "},
		"settings of the kernel":  {[]string{"write", "/proc/sys/kernel/core_pattern"}, "error: "},
		"what systems call files": {[]string{"read", "/etc/ld.so.cache"}, "glibc-ld.so.cache"},
	}
	if !process.Support().Has(process.MountNamespace) {
		delete(cases, "own code at FC's place")
		delete(cases, "changing modes") // which Landlock leaves to the owner
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			out, s := finish(t, process.Spec{Dir: dir}, c.args...)
			if !strings.HasPrefix(out, c.want) || (c.want == "error: ") != (s.Code == 1) {
				t.Errorf("%v: %q, %s", c.args, out, s)
			}
		})
	}
	if got, err := os.ReadFile(filepath.Join(dir, "data")); err != nil || string(got) != "content" {
		t.Errorf("the code is now %q, %v", got, err)
	}
}

// TestReadOnly grants one more file, and a program outside of the code.
func TestReadOnly(t *testing.T) {
	dir, other := code(t), t.TempDir()
	file := filepath.Join(other, "granted")
	if err := os.WriteFile(file, []byte("content"), 0o644); err != nil {
		t.Fatal(err)
	}
	spec := process.Spec{Dir: dir, ReadOnly: []string{file}}
	if out, _ := finish(t, spec, "read", file); out != "content" {
		t.Errorf("reading: %s", out)
	}
	if out, _ := finish(t, spec, "write", file); !strings.HasPrefix(out, "error: ") {
		t.Errorf("writing: %q", out)
	}
	elsewhere := filepath.Join(code(t), "probe")
	if out, s := finish(t, process.Spec{Dir: dir, Path: elsewhere}, "exit", "0"); s.Code != 0 {
		t.Errorf("a program elsewhere: %s, %s", s, out)
	}
}

// TestTemp shows that two processes share no /tmp, and that nothing stays.
func TestTemp(t *testing.T) {
	needs(t, process.MountNamespace)
	dir := code(t)
	before := temporaries(t)
	for range 2 {
		// The code lies below /tmp here, and so its directories show.
		out, s := finish(t, process.Spec{Dir: dir}, "ls", "/tmp")
		if s.Code != 0 || strings.Contains(out, "mine") {
			t.Errorf("/tmp: %s, %s", out, s)
		}
		if out, s := finish(t, process.Spec{Dir: dir}, "write", "/tmp/mine"); s.Code != 0 {
			t.Errorf("writing to /tmp: %s, %s", out, s)
		}
	}
	if _, err := os.Stat("/tmp/mine"); err == nil {
		t.Error("the host's /tmp was written to")
	}
	if after := temporaries(t); after > before {
		t.Errorf("%d temporary directories, %d before", after, before)
	}
}

// temporaries counts directories that processes have on the host, but for those
// that another living process looks after.
func temporaries(t testing.TB) int {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(os.TempDir(), "wafer-native-*-*-*"))
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, dir := range found {
		pid, err := strconv.Atoi(strings.Split(filepath.Base(dir), "-")[3])
		if err != nil || pid == os.Getpid() || errors.Is(unix.Kill(pid, 0), unix.ESRCH) {
			n++
		}
	}
	return n
}

// TestProc shows a process its own tree only.
func TestProc(t *testing.T) {
	needs(t, process.PIDNamespace, process.MountNamespace, process.Credentials, process.Seccomp)
	out, s := finish(t, process.Spec{}, "status")
	if s.Code != 0 && strings.Contains(out, "no such file") {
		t.Skip("no /proc for PID namespaces before Linux 6.18")
	}
	for _, want := range []string{"Pid:\t1\n", "NoNewPrivs:\t1\n", "CapEff:\t0000000000000000\n", "CapBnd:\t0000000000000000\n", "Seccomp:\t2\n", "Groups:\t \n"} {
		if !strings.Contains(out, want) {
			t.Errorf("status lacks %q:\n%s", want, out)
		}
	}
	if out, _ := finish(t, process.Spec{}, "deathsig"); out != "operation not permitted\n" {
		t.Errorf("outliving wafer: %s", out)
	}
	if out, _ := finish(t, process.Spec{}, "namespace"); out != "operation not permitted\n" {
		t.Errorf("making a user namespace: %s", out)
	}
}
