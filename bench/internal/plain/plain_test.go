package plain

import (
	"strings"
	"testing"

	"github.com/wafer-run/wafer/bench/internal/subject"
	"github.com/wafer-run/wafer/runner/runnertest"
)

// TestInvoke runs a handler as it was built, and with and without the meter.
func TestInvoke(t *testing.T) {
	if testing.Short() {
		t.Skip("compiles a whole guest")
	}
	ctx := t.Context()
	root, err := subject.Root(ctx)
	if err != nil {
		t.Fatal(err)
	}
	tools := &subject.Toolchain{Root: root, Dir: t.TempDir()}
	original := runnertest.Build(t, "../../testdata/loop")
	host, err := NewHost(ctx, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer host.Close(ctx)
	for _, tc := range []struct {
		name, skip string
		metered    bool
	}{
		{"original", "", false},
		{"metered", "hoist,globals", true},
		{"unmetered", "hoist,globals,meter", false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			wasm := original
			if tc.skip != "" {
				if wasm, err = tools.Rewrite(ctx, wasm, tc.skip); err != nil {
					t.Fatal(err)
				}
			}
			m, err := host.Compile(ctx, wasm)
			if err != nil {
				t.Fatal(err)
			}
			in, err := m.Start(ctx)
			if err != nil {
				t.Fatal(err)
			}
			defer in.Close()
			for _, event := range []struct{ in, out string }{{`{"n":0}`, "0"}, {`{"n":4}`, "2"}} {
				if got, err := in.Invoke([]byte(event.in)); err != nil || string(got) != event.out {
					t.Errorf("%s: %q, %v; want %q", event.in, got, err, event.out)
				}
			}
			before := in.ticks
			if _, err := in.Invoke([]byte(`{"n":1000000}`)); err != nil {
				t.Error(err)
			}
			if ticks := in.ticks - before; tc.metered != (ticks > 500_000) || tc.metered != (in.fuel != nil) {
				t.Errorf("a million iterations were metered as %d ticks", ticks)
			}
			if _, err := in.Invoke([]byte(`nothing`)); err == nil || !strings.Contains(err.Error(), "SyntaxError") {
				t.Errorf("error %v, want what the guest said", err)
			}
		})
	}
	if _, err := tools.Rewrite(ctx, original, "nonsense"); err == nil || !strings.Contains(err.Error(), `no pass "nonsense"`) {
		t.Errorf("error %v", err)
	}
}
