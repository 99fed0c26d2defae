package sdkbuild_test

import (
	"bytes"
	"cmp"
	"context"
	"debug/elf"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/wafer-run/wafer/runner/internal/sdkbuild"
	"github.com/wafer-run/wafer/runner/internal/stamp"
)

// here is this machine as a target.
const here = runtime.GOOS + "/" + runtime.GOARCH

// runNative starts a program, sends it one event through the runtime API and
// returns what it answers: path and body.
func runNative(t *testing.T, program, event string) string {
	t.Helper()
	answers := make(chan string, 1)
	events := make(chan string, 1)
	events <- event
	api := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost {
			body, err := io.ReadAll(r.Body)
			if err != nil {
				t.Error(err)
			}
			answers <- filepath.Base(r.URL.Path) + " " + string(body)
			return
		}
		select {
		case e := <-events:
			w.Header().Set("x-fc-request-id", "r")
			w.Header().Set("x-fc-function-deadline", "4102444800000")
			w.Header().Set("x-fc-function-timeout", "60")
			_, _ = io.WriteString(w, e)
		case <-r.Context().Done():
		}
	}))
	defer api.Close()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	var output bytes.Buffer
	// A copy by another program: what this process wrote, children of other tests
	// may have open for writing, and it cannot be executed then.
	copied := filepath.Join(t.TempDir(), "copied")
	if out, err := exec.CommandContext(ctx, "cp", program, copied).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	cmd := exec.CommandContext(ctx, copied)
	cmd.Env = []string{"FC_RUNTIME_API=" + api.Listener.Addr().String()}
	cmd.Stdout, cmd.Stderr = &output, &output
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var got string
	select {
	case got = <-answers:
	case <-ctx.Done():
	}
	_ = cmd.Process.Kill()
	_ = cmd.Wait() // it was killed
	if got == "" {
		t.Fatalf("no answer within a minute\n%s", output.String())
	}
	return got
}

// TestNative builds handlers for this machine in the ways that differ from those
// for modules, and calls them.
func TestNative(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		tree  tree
		tags  []string
		flags string
		want  string // default: the answer of hello
		sdk   string
	}{
		"go.mod requires the SDK": {tree: plain},
		"no go.mod":               {tree: tree{"main.go": hello}},
		"our own import path": {
			tree: tree{"main.go": answer(own+"/guest/fc", "", `func answer() string { return "own" }`)},
			want: `"own"`, sdk: own,
		},
		"vendored":              {tree: vendored, want: `"dep"`},
		"tags and linker flags": {tree: tagged, tags: []string{"special"}, flags: "-s -X main.value=set", want: `"set"`},
		"all packages":          {tree: plain.with(tree{"main.go": everything}), want: `"r"`},
		// There is no snapshot to protect, so the language is that of the handler.
		"math/rand.Seed": {tree: plain.with(tree{"main.go": seeded}), want: seededAnswer},
		"a server": {
			tree: plain.with(tree{"main.go": "package main\n\nimport (\n\t\"net/http\"\n\t\"os\"\n)\n\n" +
				"func main() { _ = http.ListenAndServe(os.Getenv(\"ADDR\"), nil) }\n"}),
			sdk: "none",
		},
		"a file for one system": {
			tree: plain.with(tree{"main_" + runtime.GOOS + ".go": plain["main.go"], "main.go": "package main\n"}),
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			result := mustBuild(t, sdkbuild.Options{
				Dir: c.tree.write(t, "h"), Target: here, Tags: c.tags, LDFlags: c.flags,
				Output: filepath.Join(t.TempDir(), "program"),
			})
			want := cmp.Or(c.sdk, sdk)
			if want == "none" {
				want = ""
			}
			if result.SDK != want || result.Target != here || result.Reseed || result.MemoryPages != 0 {
				t.Errorf("result %+v", result)
			}
			if len(result.Warnings) > 0 {
				t.Errorf("warnings %q", result.Warnings)
			}
			file, err := os.Open(result.Output)
			if err != nil {
				t.Fatal(err)
			}
			defer file.Close()
			if s, err := stamp.ReadELF(file); err != nil || s.Server != (want == "") {
				t.Errorf("stamp %+v, %v; want it to say whether this is a server", s, err)
			}
			if want == "" {
				return // serves HTTP where it likes, and no runtime API
			}
			if got, want := runNative(t, result.Output, `{"key":"a"}`), "response "+cmp.Or(c.want, `"hello, a"`); got != want {
				t.Errorf("answered %s, want %s", got, want)
			}
		})
	}
}

// TestNativeFile looks at the file: static, stamped, and under the name of the
// handler's directory.
func TestNativeFile(t *testing.T) {
	t.Parallel()
	targets := map[string]elf.Machine{"linux/amd64": elf.EM_X86_64, "linux/arm64": elf.EM_AARCH64}
	for _, target := range slices.Sorted(maps.Keys(targets)) {
		t.Run(target, func(t *testing.T) {
			if target != here && testing.Short() {
				t.Skip("compiles the standard library for " + target)
			}
			dir := plain.write(t, "greeter")
			result, err := sdkbuild.Build(t.Context(), sdkbuild.Options{Dir: dir, Env: offline(t), Version: "v1.2.3", Target: target})
			if err != nil {
				t.Fatal(err)
			}
			if want := filepath.Join(dir, "greeter"); result.Output != want {
				t.Errorf("output %s, want %s", result.Output, want)
			}
			info, err := os.Stat(result.Output)
			if err != nil {
				t.Fatal(err)
			}
			if info.Mode().Perm() != 0o755 || info.Size() != result.Size {
				t.Errorf("%s, %d bytes; want an executable of %d", info.Mode(), info.Size(), result.Size)
			}
			file, err := elf.Open(result.Output)
			if err != nil {
				t.Fatal(err)
			}
			defer file.Close()
			if file.Machine != targets[target] {
				t.Errorf("built for %s", file.Machine)
			}
			for _, p := range file.Progs {
				if p.Type == elf.PT_INTERP || p.Type == elf.PT_DYNAMIC {
					t.Errorf("not static: has a %s segment", p.Type)
				}
			}
			raw, err := os.Open(result.Output)
			if err != nil {
				t.Fatal(err)
			}
			defer raw.Close()
			want := stamp.Stamp{Wafer: "v1.2.3", Go: result.GoVersion, SDK: sdk}
			if got, err := stamp.ReadELF(raw); err != nil || got != want {
				t.Errorf("stamp %+v, %v; want %+v", got, err, want)
			}
		})
	}
}

func TestNativeErrors(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		tree   tree
		target string
		reason error
		parts  []string
	}{
		"no pair":     {plain, "linux", sdkbuild.ErrTarget, []string{`target "linux" is no system and processor: want wasip1/wasm or, for example, linux/amd64`}},
		"no such one": {plain, "linux/z80", sdkbuild.ErrTarget, []string{`target linux/z80: unsupported GOOS/GOARCH pair linux/z80 ("go tool dist list" prints`}},
		"browsers":    {plain, "js/wasm", sdkbuild.ErrTarget, []string{"target js/wasm: functions are built for WebAssembly as wasip1/wasm only"}},
		"cgo": {
			plain.with(tree{"main.go": strings.Replace(hello, "import (", "import \"C\"\n\nimport (", 1)}), here, sdkbuild.ErrCgo,
			[]string{"cannot be built as a static program, which is done without C", "main.go"},
		},
		"files for another system": {
			tree{"go.mod": plain["go.mod"], "main_wasip1.go": hello}, here, sdkbuild.ErrCompile,
			[]string{"GOOS=" + runtime.GOOS + " and GOARCH=" + runtime.GOARCH + ", and its build constraints exclude that (main_wasip1.go)"},
		},
		"a type error": {
			plain.with(tree{"main.go": strings.Replace(hello, "fc.Start(greet)", "fc.Sturt(greet)", 1)}), here, sdkbuild.ErrCompile,
			[]string{"main.go:15:18: undefined: fc.Sturt"},
		},
		"no SDK": {
			plain.with(tree{"main.go": "package main\n\nfunc main() {}\n"}), here, sdkbuild.ErrNoSDK,
			[]string{"does not import the FC SDK"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := build(t, sdkbuild.Options{Dir: c.tree.write(t, "h"), Target: c.target})
			wantError(t, got, c.reason, c.parts...)
		})
	}
}
