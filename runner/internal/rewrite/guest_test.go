package rewrite_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/imports/wasi_snapshot_preview1"

	"github.com/wafer-run/wafer/runner/internal/rewrite"
)

// buildGuest builds the guest below testdata as a reactor.
func buildGuest(tb testing.TB) []byte {
	tb.Helper()
	if testing.Short() {
		tb.Skip("builds a Go program")
	}
	out := filepath.Join(tb.TempDir(), "guest.wasm")
	cmd := exec.Command("go", "build", "-buildmode=c-shared", "-o", out, "./testdata/guest")
	cmd.Env = append(os.Environ(), "GOOS=wasip1", "GOARCH=wasm")
	if msg, err := cmd.CombinedOutput(); err != nil {
		tb.Fatalf("building the guest: %v\n%s", err, msg)
	}
	bin, err := os.ReadFile(out)
	if err != nil {
		tb.Fatal(err)
	}
	return bin
}

// guest is an instance of it.
type guest struct {
	api.Module
	engine *engine
}

func (e *engine) withWASI(tb testing.TB) *engine {
	tb.Helper()
	if _, err := wasi_snapshot_preview1.Instantiate(context.Background(), e.rt); err != nil {
		tb.Fatal(err)
	}
	e.fuel = 100_000
	return e
}

// boot starts a guest from a rewritten module, or from the original if r only has
// that.
func (e *engine) boot(tb testing.TB, r *rewrite.Result) guest {
	tb.Helper()
	m, err := e.start(r)
	if err != nil {
		tb.Fatal(err)
	}
	if out := call(m, "_initialize"); out.Trap != "" {
		tb.Fatalf("initializing: %s", out.Trap)
	}
	return guest{m, e}
}

// event calls a function on an input.
func (g guest) event(fn, input string) string {
	p := call(g, "input", uint64(len(input)))
	if p.Trap != "" || !g.Memory().WriteString(uint32(p.Results[0]), input) {
		return "input: " + p.Trap
	}
	res := call(g, fn)
	if res.Trap != "" {
		return res.Trap
	}
	b, _ := g.Memory().Read(uint32(res.Results[0]>>32), uint32(res.Results[0]))
	return string(b)
}

var guestEvents = []string{
	`{"key":"value"}`,
	`{"key":"abc-12 x","list":[5,3,9,1],"nested":{"a":1,"b":[1,2,{"c":null}]},"head":{"x":"y"}}`,
	`{"key":"\u00e9` + string(bytes.Repeat([]byte("ab-1 "), 200)) + `"}`,
	`[1,2`,
	``,
}

// TestGuest runs the same events through the original and the rewritten guest and
// compares answers and all of memory. Clock and randomness of the engine
// are the same in every instance.
func TestGuest(t *testing.T) {
	bin := buildGuest(t)
	original := mustParse(t, bin)
	r := mustRewrite(t, bin, rewrite.Options{})
	t.Logf("%d -> %d bytes, %d loops, %d ticks, %d indirect calls, %d entries, %d dispatchers",
		r.Report.SizeBefore, r.Report.SizeAfter, r.Report.Loops, r.Report.Ticks, r.Report.IndirectCalls, r.Report.TableEntries, r.Report.Dispatchers)
	if r.Report.TableKept != "" || r.Report.DataKept != "" || r.Report.SnapshotRefused != "" {
		t.Errorf("a Go guest is not prepared in full: %+v", r.Report)
	}
	if err := checkTicks(mustParse(t, r.Wasm), len(original.Codes), pathLimit); err != nil {
		t.Error(err)
	}
	plain := compiler(t).withWASI(t).boot(t, &rewrite.Result{Wasm: bin})
	ours := compiler(t).withWASI(t).boot(t, r)
	same := func(what string, want, got any) {
		t.Helper()
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%s: %s", what, d)
		}
		if want, got := state(plain.Module, original), state(ours.Module, original); want != got {
			t.Errorf("%s: state %s, want %s", what, got, want)
		}
	}
	for range 3 {
		for i, ev := range guestEvents {
			for _, fn := range []string{"transform", "serve"} {
				same(fmt.Sprint(fn, i), plain.event(fn, ev), ours.event(fn, ev))
			}
		}
		same("churn", call(plain, "churn", 300), call(ours, "churn", 300))
		same("spin", call(plain, "spin", 1000), call(ours, "spin", 1000))
	}
	if ours.engine.refills < 5 {
		t.Errorf("%d refills: the guest was hardly metered", ours.engine.refills)
	}
}

// TestGuestInterpreted does a little of it in the other engine.
func TestGuestInterpreted(t *testing.T) {
	bin := buildGuest(t)
	original := mustParse(t, bin)
	r := mustRewrite(t, bin, rewrite.Options{})
	plain := interpreter(t).withWASI(t).boot(t, &rewrite.Result{Wasm: bin})
	ours := interpreter(t).withWASI(t).boot(t, r)
	for _, ev := range guestEvents[:2] {
		if want, got := plain.event("serve", ev), ours.event("serve", ev); want != got {
			t.Errorf("%s, want %s", got, want)
		}
	}
	if want, got := state(plain.Module, original), state(ours.Module, original); want != got {
		t.Errorf("state %s, want %s", got, want)
	}
}
