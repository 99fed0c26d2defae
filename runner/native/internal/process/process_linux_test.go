package process_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/wafer-run/wafer/runner/native/internal/process"
)

// program builds the probe, once for all tests.
var program = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "wafer-probe-")
	if err != nil {
		return "", err
	}
	if err := os.Chmod(dir, 0o755); err != nil {
		return "", err
	}
	file := filepath.Join(dir, "probe")
	c := exec.Command("go", "build", "-o", file, "./testdata/probe")
	c.Env = append(os.Environ(), "CGO_ENABLED=0", "GOFLAGS=")
	c.Stderr = os.Stderr
	return file, c.Run()
})

// code returns a code directory with the probe in it.
func code(t testing.TB) string {
	t.Helper()
	file, err := program()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.Link(file, filepath.Join(dir, "probe")); err != nil {
		t.Fatal(err)
	}
	return dir
}

// buffer is safe for a process that writes while the test reads.
type buffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

// await waits for a condition, generously.
func await(t testing.TB, what string, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); !holds(); time.Sleep(2 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("waited 30 s for: %s", what)
		}
	}
}

// begin starts the probe. It is killed at the end of the test.
func begin(t testing.TB, spec process.Spec, args ...string) (*process.Process, *buffer) {
	t.Helper()
	if spec.Dir == "" {
		spec.Dir = code(t)
	}
	var out buffer
	if spec.Path == "" {
		spec.Path = "probe"
	}
	spec.Args, spec.Stdout, spec.Stderr = args, &out, &out
	p, err := process.Start(spec)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		p.Kill()
		p.Wait()
	})
	return p, &out
}

// finish runs the probe to its end.
func finish(t testing.TB, spec process.Spec, args ...string) (string, process.Status) {
	t.Helper()
	p, out := begin(t, spec, args...)
	select {
	case <-p.Done():
	case <-time.After(time.Minute):
		t.Fatalf("%v runs for a minute; so far: %s", args, out)
	}
	return out.String(), p.Wait()
}

// needs skips a test of what this machine does not have.
func needs(t testing.TB, mechanisms ...process.Mechanism) {
	t.Helper()
	support := process.Support()
	for _, m := range mechanisms {
		if !support.Has(m) {
			t.Skipf("no %s here: %s", m, support.Refused[m])
		}
	}
}

func TestExitCode(t *testing.T) {
	for _, want := range []string{"0", "7"} {
		_, s := finish(t, process.Spec{}, "exit", want)
		if s.String() != "exit code "+want || s.OOM || s.Killed {
			t.Errorf("%+v, want exit code %s", s, want)
		}
	}
}

// TestReport prints what this machine has, for those who read logs.
func TestReport(t *testing.T) {
	p, _ := begin(t, process.Spec{Memory: 256 << 20, CPU: 1, Pids: 50}, "exit", "0")
	t.Logf("support: %s", process.Support())
	t.Logf("process: %s", p.Report())
	if !process.Support().Has(process.MountNamespace) {
		t.Skip("what a process gets depends on the modes of directories here")
	}
	for _, m := range process.Support().Active {
		if m != process.LandlockNetwork && m != process.PrivateTemp && !p.Report().Has(m) {
			t.Errorf("the machine has %s, the process does not: %s", m, p.Report().Refused[m])
		}
	}
}

// TestStartErrors expects one clear error each.
func TestStartErrors(t *testing.T) {
	dir := code(t)
	write := func(name, text string, mode os.FileMode) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), mode); err != nil {
			t.Fatal(err)
		}
	}
	write("plain", "text", 0o644)
	write("lost", "#!/nowhere/sh\n", 0o755)
	write("garbage", "\x7fELF garbage", 0o755)
	cases := map[string]struct {
		spec process.Spec
		want string
	}{
		"no directory":        {process.Spec{Path: "probe"}, "process: starting probe: no code directory is named"},
		"missing":             {process.Spec{Path: "nope", Dir: dir}, "process: starting nope: stat " + dir + "/nope: no such file or directory"},
		"directory":           {process.Spec{Path: ".", Dir: dir}, "process: starting .: not a file"},
		"not executable":      {process.Spec{Path: "plain", Dir: dir}, "process: starting plain: not executable (mode 0644)"},
		"missing interpreter": {process.Spec{Path: "lost", Dir: dir}, "process: starting lost: its interpreter or loader is missing; a process sees its code and /usr, /bin, /sbin, /lib, /lib64"},
		"no program":          {process.Spec{Path: "garbage", Dir: dir}, "process: starting garbage: not a program for this machine"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			p, err := process.Start(c.spec)
			if err == nil {
				p.Kill()
				t.Fatal("it starts")
			}
			if err.Error() != c.want {
				t.Errorf("error %q, want %q", err, c.want)
			}
		})
	}
}

// TestBusyProgram starts programs that somebody has open for writing, as a
// process that is being started at that moment has what was just unpacked.
func TestBusyProgram(t *testing.T) {
	self, err := program()
	if err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(self)
	if err != nil {
		t.Fatal(err)
	}
	busy := func(t *testing.T) (process.Spec, *os.File) {
		dir := t.TempDir()
		f, err := os.OpenFile(filepath.Join(dir, "busy"), os.O_WRONLY|os.O_CREATE, 0o755)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = f.Close() })
		if _, err := f.Write(b); err != nil {
			t.Fatal(err)
		}
		return process.Spec{Dir: dir, Path: "busy", Env: []string{"A=1"}}, f
	}
	t.Run("for a moment", func(t *testing.T) {
		spec, f := busy(t)
		time.AfterFunc(20*time.Millisecond, func() { _ = f.Close() })
		if out, s := finish(t, spec, "who"); s.Code != 0 || !strings.Contains(out, "A=1") {
			t.Errorf("%s: %s", s, out)
		}
	})
	t.Run("for good", func(t *testing.T) {
		spec, _ := busy(t)
		p, err := process.Start(spec)
		if err == nil {
			p.Kill()
			p.Wait()
			t.Fatal("it starts")
		}
		if want := "process: starting busy: another process has had it open for writing for 1s"; err.Error() != want {
			t.Errorf("error %q, want %q", err, want)
		}
	})
}

// TestClean looks at what a process gets to see of wafer.
func TestClean(t *testing.T) {
	t.Setenv("WAFER_TEST_SECRET", "secret")
	f, err := os.CreateTemp(t.TempDir(), "")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	leak, err := dupInheritable(f)
	if err != nil {
		t.Fatal(err)
	}
	defer closeDescriptor(leak)
	dir := code(t)
	out, _ := finish(t, process.Spec{Dir: dir, Env: []string{"A=1", "B=2"}}, "who")
	fields := strings.Fields(out)
	if len(fields) != 4 || !strings.HasPrefix(fields[2], "A=1,B=2") || strings.Contains(out, "secret") || fields[3] != dir {
		t.Errorf("environment and directory: %s", out)
	}
	if out, _ := finish(t, process.Spec{Dir: dir}, "fds"); out != "0\n1\n2\n" {
		t.Errorf("open descriptors: %s", out)
	}
}
