package code

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/tetratelabs/wazero/imports/wasi_snapshot_preview1"

	"github.com/wafer-run/wafer/abi"
	"github.com/wafer-run/wafer/runner/internal/rewrite"
)

// stores opens one store of each kind. All must behave alike.
func stores(t *testing.T) map[string]*Store {
	dir := t.TempDir()
	return map[string]*Store{
		"plain":   open(t, Options{Dir: t.TempDir(), Plain: true}),
		"husk":    open(t, Options{Dir: dir}),
		"private": open(t, Options{}),
		"memory":  inMemory(t),
	}
}

// inMemory opens a store that has no place for files.
func inMemory(t *testing.T) *Store {
	t.Setenv("TMPDIR", "/nonexistent")
	s := open(t, Options{})
	if s.dir != nil {
		t.Fatal("there is a directory")
	}
	return s
}

func TestSameBehaviour(t *testing.T) {
	subjects := map[string]*rewrite.Result{
		"all":        subject(t, 0),
		"table":      subject(t, rewrite.PassLift),
		"data":       subject(t, rewrite.PassHoist),
		"unmetered":  subject(t, rewrite.PassMeter|rewrite.PassLift),
		"references": rewritten(t, referring(), 0),
		"functions":  rewritten(t, withoutFunctions(), 0),
	}
	for name, r := range subjects {
		t.Run(name, func(t *testing.T) {
			got := map[string][]string{}
			for kind, s := range stores(t) {
				c := prepare(t, s, r)
				got[kind] = append(exercise(t, s, c), within(t, s, c, overflow)...)
				if want := wantMode(s); c.Info().Mode != want && name != "functions" {
					t.Errorf("%s: code is %s (%s)", kind, c.Info().Mode, c.Info().Reason)
				}
			}
			for kind := range got {
				if diff := compare(got["plain"], got[kind]); diff != "" {
					t.Errorf("%s differs from plain (-plain +%s):\n%s", kind, kind, diff)
				}
			}
			if name == "functions" {
				return
			}
			log := strings.Join(got["plain"], "\n")
			for _, want := range []string{
				"indirect[0 7] = [14]", "indirect[2 7] = [49]", "indirect[3 7] = error", "divide[9 0] = error wasm error: integer divide by zero",
				"load[16] = [9]", "count[] = [43]", "grow[2] = [1]", "grow[2] = [4294967295]", "forever[1] = error stack overflow",
			} {
				if !strings.Contains(log, want) {
					t.Errorf("no %q in\n%s", want, log)
				}
			}
		})
	}
}

// compare compares logs. Husks know only functions that are used from outside
// of the code: frames of others have the same name for all of them.
func compare(want, got []string) string {
	const gap = "\t.guest code()"
	blurred := slices.Clone(want)
	for i := range min(len(want), len(got)) {
		w, g := strings.Split(want[i], "\n"), strings.Split(got[i], "\n")
		for j := range min(len(w), len(g)) {
			if g[j] == gap && strings.HasPrefix(w[j], "\t.$") {
				w[j] = gap
			}
		}
		blurred[i] = strings.Join(w, "\n")
	}
	return cmp.Diff(blurred, got)
}

// wantMode is what a store does unless something is wrong.
func wantMode(s *Store) Mode {
	if s.husks != nil {
		return Mapped
	}
	return Compiled
}

// TestGoGuest compares a real guest up to its first answer.
func TestGoGuest(t *testing.T) {
	r := goGuest(t)
	ctx := context.Background()
	run := func(s *Store, c *Code) []string {
		wasi_snapshot_preview1.MustInstantiate(ctx, s.Runtime())
		host(t, s.Runtime(), c.Imports())
		l := acquire(t, c)
		defer l.Release()
		m := start(t, s, c, l)
		defer m.Close(ctx)
		log := []string{call(m, abi.ExportInitialize), state(m, c)}
		for kind := range uint64(3) { // the host's functions do nothing: errors, but always the same
			log = append(log, call(m, abi.ExportCall, kind, 0), state(m, c))
		}
		return log
	}
	plain := open(t, Options{Dir: t.TempDir(), Plain: true})
	want := run(plain, prepare(t, plain, r))
	dir := t.TempDir()
	husk := open(t, Options{Dir: dir})
	if diff := compare(want, run(husk, prepare(t, husk, r))); diff != "" {
		t.Errorf("husk (-plain +husk):\n%s", diff)
	}
	again := open(t, Options{Dir: dir})
	c := again.Lookup(ctx, KeyOf(r.Wasm))
	if c == nil {
		t.Fatal("not found")
	}
	defer c.Close()
	if diff := compare(want, run(again, c)); diff != "" {
		t.Errorf("husk of a later process (-plain +husk):\n%s", diff)
	}
}
