package examples

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/wafer-run/wafer/examples/internal/console"
)

// pageAddr is where servers listen in README files. The test has each listen on
// a free port instead.
const (
	pageAddr = "127.0.0.1:9000"
	pageHost = ".localhost:9000" // of HTTP triggers
)

// hostOf is the host of HTTP triggers of a server at addr.
func hostOf(addr string) string { return ".localhost" + addr[strings.LastIndex(addr, ":"):] }

// TestREADME runs the commands of every example's README in a copy of its
// folder, with a wafer built from this tree, and compares what they print.
func TestREADME(t *testing.T) {
	if testing.Short() {
		t.Skip("builds and runs all examples")
	}
	env := environment(t)
	for _, name := range folders(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			page, err := os.ReadFile(filepath.Join(name, "README.md"))
			if err != nil {
				t.Fatal(err)
			}
			steps, err := console.Parse(string(page))
			if err != nil {
				t.Fatal(err)
			}
			if len(steps) == 0 {
				t.Fatal("README.md has no console block")
			}
			steps = runnable(steps)
			needTools(t, steps)
			dir := copyExample(t, name)
			for _, other := range neighbours(t, name) {
				if err := os.Rename(copyExample(t, other), filepath.Join(filepath.Dir(dir), other)); err != nil {
					t.Fatal(err)
				}
			}
			runSteps(t, dir, env, steps)
		})
	}
}

// runnable leaves out what comes from the first native program on, where that
// cannot run.
func runnable(steps []console.Step) []console.Step {
	if runtime.GOOS == "linux" && runtime.GOARCH == "amd64" {
		return steps
	}
	native := slices.IndexFunc(steps, func(s console.Step) bool { return strings.Contains(s.Command, "--target linux/amd64") })
	if native < 0 {
		return steps
	}
	return steps[:native]
}

// neighbours returns the other examples that an example's s.yaml serves.
func neighbours(t *testing.T, name string) (others []string) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(name, "s.yaml"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		t.Fatal(err)
	}
	for _, match := range regexp.MustCompile(`\.\./([a-z-]+)`).FindAllStringSubmatch(string(text), -1) {
		others = append(others, match[1])
	}
	return others
}

// environment builds the program and returns an environment with it on PATH and
// with a cache of its own.
func environment(t *testing.T) []string {
	t.Helper()
	bin := t.TempDir()
	build := exec.Command("go", "build", "-o", filepath.Join(bin, "wafer"), "../runner/cmd/wafer")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("building wafer: %v\n%s", err, out)
	}
	gocache, err := exec.Command("go", "env", "GOCACHE").Output()
	if err != nil {
		t.Fatal(err)
	}
	return append(os.Environ(),
		"PATH="+bin+string(os.PathListSeparator)+os.Getenv("PATH"),
		"GOCACHE="+strings.TrimSpace(string(gocache)), // would move with the next line
		"XDG_CACHE_HOME="+t.TempDir(),
		"npm_config_audit=false", "npm_config_fund=false", "npm_config_prefer_offline=true",
	)
}

// needTools skips the test when the machine lacks a program it cannot do
// without. Those that the project itself needs are not in the list.
func needTools(t *testing.T, steps []console.Step) {
	t.Helper()
	packages := map[string]string{
		"clang": "Debian packages clang, lld, wasi-libc and libclang-rt-dev-wasm32",
		"npm":   "npm, and node 20 or newer",
		"curl":  "Debian package curl",
	}
	for _, step := range steps {
		tool, _, _ := strings.Cut(step.Command, " ")
		from, ok := packages[tool]
		if !ok {
			continue
		}
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("line %d needs %s: %s", step.Line, tool, from)
		}
	}
}

// TestIndex: README.md links to every folder.
func TestIndex(t *testing.T) {
	page, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range folders(t) {
		if link := fmt.Sprintf("[%s](%s)", name, name); !strings.Contains(string(page), link) {
			t.Errorf("README.md lacks %s", link)
		}
	}
}

// folders returns the names of all examples.
func folders(t *testing.T) (names []string) {
	t.Helper()
	entries, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		if entry.IsDir() && entry.Name() != "internal" {
			names = append(names, entry.Name())
		}
	}
	return names
}

func runSteps(t *testing.T, dir string, env []string, steps []console.Step) {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Minute)
	defer cancel()
	shell, err := console.Start(ctx, dir, env)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := shell.Close(); err != nil {
			t.Error(err)
		}
	}()
	addr := freeAddr(t)
	log := filepath.Join(dir, "server.log")
	for i, step := range steps {
		where := fmt.Sprintf("README.md:%d: %s", step.Line, step.Command)
		command, serves := strings.CutSuffix(step.Command, " &")
		command = strings.ReplaceAll(strings.ReplaceAll(command, pageAddr, addr), pageHost, hostOf(addr))
		if serves {
			if !strings.Contains(command, "--listen") {
				command += " --listen " + addr
			}
			if _, _, err := shell.Run(command + " >" + log + " 2>&1 &"); err != nil {
				t.Fatalf("%s: %v", where, err)
			}
			waitForServer(t, addr, log)
			if len(step.Output) > 0 {
				waitForOutput(t, where, step.Output, addr, log)
			}
			continue
		}
		lines, status, err := shell.Run(command)
		if err != nil {
			t.Fatalf("%s: %v\n%s", where, err, strings.Join(lines, "\n"))
		}
		got := cleanOutput(lines, addr)
		if !console.Match(step.Output, got) {
			t.Fatalf("%s: (-README +printed):\n%s", where, cmp.Diff(step.Output, got))
		}
		asked := i+1 < len(steps) && steps[i+1].Command == "echo $?"
		if status != 0 && !asked {
			t.Fatalf("%s: exit status %d, and no \"echo $?\" behind it", where, status)
		}
	}
}

// cleanOutput removes what depends on the machine: the port, and how long
// compiling takes, which wafer mentions when it is long.
func cleanOutput(lines []string, addr string) []string {
	lines = slices.DeleteFunc(slices.Clone(lines), func(line string) bool {
		return strings.HasPrefix(line, "wafer: compiling ") || strings.HasPrefix(line, "wafer: ready after ")
	})
	for i, line := range lines {
		line = strings.ReplaceAll(strings.TrimSuffix(line, "\r"), addr, pageAddr)
		lines[i] = strings.ReplaceAll(line, hostOf(addr), pageHost)
	}
	return lines
}

// freeAddr returns an address that nothing listens on.
func freeAddr(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// waitForServer returns when something listens at addr.
func waitForServer(t *testing.T, addr, log string) {
	t.Helper()
	poll(t, "a server at "+addr, log, func() bool {
		conn, err := net.Dial("tcp", addr)
		if err != nil {
			return false
		}
		return conn.Close() == nil
	})
}

// waitForOutput returns when a server has printed what the page says.
func waitForOutput(t *testing.T, where string, want []string, addr, log string) {
	t.Helper()
	poll(t, fmt.Sprintf("%s: output %q", where, want), log, func() bool {
		text, err := os.ReadFile(log)
		if err != nil {
			return false
		}
		lines := strings.Split(strings.TrimRight(string(text), "\n"), "\n")
		return console.Match(want, cleanOutput(lines, addr))
	})
}

// poll waits until ready is true. It gives up after two minutes, which only a
// failing test waits for, and shows what the server printed.
func poll(t *testing.T, what, log string, ready func() bool) {
	t.Helper()
	for deadline := time.Now().Add(2 * time.Minute); time.Now().Before(deadline); {
		if ready() {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	text, err := os.ReadFile(log)
	if err != nil {
		text = []byte(err.Error())
	}
	t.Fatalf("waiting for %s; printed so far:\n%s", what, text)
}
