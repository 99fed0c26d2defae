package rewrite_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/tetratelabs/wazero/api"

	"github.com/wafer-run/wafer/runner/internal/rewrite"
	"github.com/wafer-run/wafer/runner/internal/wasm"
)

// script is a file of the WebAssembly test suite, as wast2json writes it.
type script struct {
	Commands []command `json:"commands"`
}

type command struct {
	Type       string `json:"type"`
	Line       int    `json:"line"`
	Name       string `json:"name"`
	Filename   string `json:"filename"`
	ModuleType string `json:"module_type"`
	Action     struct {
		Type   string  `json:"type"`
		Field  string  `json:"field"`
		Module string  `json:"module"`
		Args   []value `json:"args"`
	} `json:"action"`
}

type value struct {
	Type     string          `json:"type"`
	LaneType string          `json:"lane_type"`
	Value    json.RawMessage `json:"value"`
}

// bits returns the value as the engine takes it.
func (v value) bits() []uint64 {
	if v.Type == "v128" {
		var lanes []string
		if json.Unmarshal(v.Value, &lanes) != nil {
			return []uint64{0, 0}
		}
		var out [2]uint64
		width := 128 / len(lanes)
		for i, l := range lanes {
			bit := i * width
			out[bit/64] |= number(l) & (math.MaxUint64 >> (64 - width)) << (bit % 64)
		}
		return out[:]
	}
	var s string
	if json.Unmarshal(v.Value, &s) != nil || s == "null" {
		return []uint64{0}
	}
	n := number(s)
	if v.Type == "externref" {
		n++ // the engine takes 0 for null
	} else if strings.HasSuffix(v.Type, "32") {
		n = uint64(uint32(n))
	}
	return []uint64{n}
}

func number(s string) uint64 {
	if strings.HasPrefix(s, "-") {
		n, _ := strconv.ParseInt(s, 10, 64)
		return uint64(n)
	}
	n, _ := strconv.ParseUint(s, 10, 64)
	return n
}

// specDir returns the test suites that come with the engine's source.
func specDir(t *testing.T) string {
	t.Helper()
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/tetratelabs/wazero").Output()
	if err != nil {
		t.Fatalf("finding the engine's source: %v", err)
	}
	dir := filepath.Join(strings.TrimSpace(string(out)), "internal", "integration_test", "spectest")
	if files, _ := filepath.Glob(filepath.Join(dir, "v2", "testdata", "*.json")); len(files) == 0 {
		t.Skipf("SKIPPED, NOT TESTED: no spec test suite below %s", dir)
	}
	return dir
}

// TestSpecScripts runs the test suite's scripts on the original module in both
// engines and on the rewritten one, and compares every outcome and all state.
func TestSpecScripts(t *testing.T) {
	if testing.Short() {
		t.Skip("tens of thousands of calls")
	}
	dir := specDir(t)
	total := &specCounts{}
	seen := map[string]bool{}
	for _, version := range []string{"v2", "v1"} {
		files, err := filepath.Glob(filepath.Join(dir, version, "testdata", "*.json"))
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			name := strings.TrimSuffix(filepath.Base(file), ".json")
			if seen[name] {
				continue // the later version has it all
			}
			seen[name] = true
			t.Run(version+"/"+name, func(t *testing.T) {
				runScript(t, file, total)
			})
		}
	}
	t.Logf("%+v", *total)
	if total.Modules < 1000 || total.Calls < 20_000 || total.Traps < 500 || total.Refused < 500 {
		t.Errorf("fewer cases than expected: %+v", *total)
	}
}

type specCounts struct {
	Modules, Skipped, Calls, Traps, Refused, Lifted, Hoisted int
}

// trio is one module, three times.
type trio struct {
	ok        bool
	names     [3]string
	instances [3]api.Module
	original  *wasm.Module
	exhausted bool
}

func runScript(t *testing.T, file string, n *specCounts) {
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var s script
	if err := json.Unmarshal(raw, &s); err != nil {
		t.Fatal(err)
	}
	plain, slow, ours := compiler(t), interpreter(t), compiler(t)
	var last *trio
	named := map[string]*trio{}
	for _, c := range s.Commands {
		where := fmt.Sprintf("%s:%d", filepath.Base(file), c.Line)
		switch c.Type {
		case "module":
			last = load(t, where, readBinary(t, file, c), n, plain, slow, ours)
			named[c.Name] = last
		case "assert_return", "assert_trap", "action", "assert_exhaustion":
			target := last
			if c.Action.Module != "" {
				target = named[c.Action.Module]
			}
			if target == nil || !target.ok || c.Action.Type != "invoke" {
				continue
			}
			ours.fuel = refillAmount
			if c.Type == "assert_exhaustion" {
				ours.fuel = 1 << 20
			}
			act(t, where, c, target, n)
		case "assert_malformed", "assert_invalid", "assert_unlinkable", "assert_uninstantiable":
			if c.ModuleType == "text" {
				continue
			}
			refused(t, where, readBinary(t, file, c), n, plain, ours)
		}
	}
}

func readBinary(t *testing.T, file string, c command) []byte {
	t.Helper()
	bin, err := os.ReadFile(filepath.Join(filepath.Dir(file), c.Filename))
	if err != nil {
		t.Fatal(err)
	}
	return bin
}

func load(t *testing.T, where string, bin []byte, n *specCounts, plain, slow, ours *engine) *trio {
	t.Helper()
	r, err := rewrite.Rewrite(bin, rewrite.Options{Allowed: allowSpectest})
	if err != nil {
		var refusal *rewrite.ModuleError
		if !errors.As(err, &refusal) || refusal.Pass != rewrite.PassCheck {
			t.Errorf("%s: %v", where, err)
		}
		n.Skipped++ // imports more than functions of the host
		return &trio{}
	}
	n.Modules++
	if r.Report.TableEntries > 0 && r.Report.TableKept == "" {
		n.Lifted++
	}
	if len(r.Segments) > 0 {
		n.Hoisted++
	}
	tr := &trio{ok: true, names: [3]string{"compiler", "interpreter", "rewritten"}, original: mustParse(t, bin)}
	var errs [3]error
	tr.instances[0], errs[0] = plain.instantiate(bin)
	tr.instances[1], errs[1] = slow.instantiate(bin)
	tr.instances[2], errs[2] = ours.start(r)
	for i, err := range errs {
		if err != nil {
			t.Errorf("%s: %s: %v", where, tr.names[i], err)
			tr.ok = false
		}
	}
	return tr
}

func allowSpectest(module, name string) (wasm.FuncType, bool) {
	params, ok := spectestPrints[name]
	if module != "spectest" || !ok {
		return wasm.FuncType{}, false
	}
	var ft wasm.FuncType
	for _, p := range params {
		ft.Params = append(ft.Params, wasm.ValueType(p))
	}
	return ft, true
}

func act(t *testing.T, where string, c command, tr *trio, n *specCounts) {
	t.Helper()
	var args []uint64
	for _, a := range c.Action.Args {
		args = append(args, a.bits()...)
	}
	var got [3]outcome
	for i, m := range tr.instances {
		if i == 1 && c.Type == "assert_exhaustion" {
			got[1] = got[0] // takes seconds
			continue
		}
		got[i] = call(m, c.Action.Field, args...)
	}
	n.Calls++
	if got[0].Trap != "" {
		n.Traps++
	}
	if c.Type == "assert_exhaustion" || strings.Contains(got[0].Trap, "stack overflow") {
		tr.exhausted = true // how far it got depends on the size of frames
	}
	got[1].Vectors = got[0].Vectors
	for i := 1; i < 3; i++ {
		if d := cmp.Diff(got[0], got[i]); d != "" {
			t.Errorf("%s: %s(%v): compiler and %s differ:\n%s", where, c.Action.Field, args, tr.names[i], d)
		}
		if want, have := state(tr.instances[0], tr.original), state(tr.instances[i], tr.original); want != have && !tr.exhausted {
			t.Errorf("%s: %s(%v): state of compiler and %s differ:\n%s\n%s", where, c.Action.Field, args, tr.names[i], want, have)
		}
	}
}

// refused checks that rewriting makes no module run that did not run before.
func refused(t *testing.T, where string, bin []byte, n *specCounts, plain, ours *engine) {
	t.Helper()
	if _, err := plain.instantiate(bin); err == nil {
		return // the engine is lenient here
	}
	n.Refused++
	r, err := rewrite.Rewrite(bin, rewrite.Options{})
	if err != nil {
		return
	}
	if _, err := ours.start(r); err == nil {
		t.Errorf("%s: runs when it is rewritten only", where)
	}
}
