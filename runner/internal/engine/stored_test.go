package engine

import (
	"context"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/wafer-run/wafer/hostfns"
	"github.com/wafer-run/wafer/hostfns/logs"
	"github.com/wafer-run/wafer/runner/internal/code"
)

func newEngine(t *testing.T, o Options) *Engine {
	t.Helper()
	o.Capabilities = []hostfns.Capability{logs.Capability{}}
	e, err := New(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := e.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return e
}

// TestStoredModule prepares a module in one engine and finds it in the next.
func TestStoredModule(t *testing.T) {
	ctx := context.Background()
	dir := t.TempDir()
	var reports []Report
	for i := range 2 {
		e := newEngine(t, Options{CacheDir: dir})
		m, err := e.Prepare(ctx, boundaryGuest(), []string{"logs"})
		if err != nil {
			t.Fatal(err)
		}
		in, err := m.Instantiate(ctx, InstanceOptions{MemoryLimit: 1 << 20, Recorder: logs.New("f", nil)})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := in.Call(&Call{Body: words(9)}); err != nil {
			t.Error(err)
		}
		r := m.Report()
		if stored := i == 1; r.Code.Mode == code.Mapped && (r.Code.Stored != stored || (r.Lookup > 0) != stored || r.Rewrite == 0 || r.Compile == 0) {
			t.Errorf("run %d: %+v", i, r)
		}
		reports = append(reports, r)
		in.Close()
		in.Close()
		if st := e.CodeStats(); st.Held != 0 || st.Resident != 1 {
			t.Errorf("run %d: closed: %+v", i, st)
		}
		if err := m.Close(ctx); err != nil {
			t.Error(err)
		}
		if st := e.CodeStats(); st.Modules != 0 || st.Resident != 0 {
			t.Errorf("run %d: given up: %+v", i, st)
		}
		// What was granted to one need not be granted to the next.
		var refused *ModuleError
		if _, err := e.Prepare(ctx, boundaryGuest(), nil); !errors.As(err, &refused) || refused.Reason != `capability "logs" is not granted` {
			t.Errorf("run %d: without a grant: %v", i, err)
		}
		if st := e.CodeStats(); st.Modules != 0 {
			t.Errorf("run %d: refused: %+v", i, st)
		}
	}
	if diff := cmp.Diff(reports[0].Report, reports[1].Report); diff != "" {
		t.Errorf("report (-first +second):\n%s", diff)
	}
}

// TestCodeInUseStays drops code with its last instance.
func TestCodeInUseStays(t *testing.T) {
	ctx := context.Background()
	e := newEngine(t, Options{CodeBudget: -1})
	m, err := e.Prepare(ctx, boundaryGuest(), []string{"logs"})
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close(ctx)
	var list []*Instance
	for range 3 {
		in, err := m.Instantiate(ctx, InstanceOptions{MemoryLimit: 1 << 20, Recorder: logs.New("f", nil)})
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, in)
	}
	for i, in := range list {
		if st := e.CodeStats(); st.Resident != 1 || st.Held != 1 {
			t.Errorf("%d closed: %+v", i, st)
		}
		in.Close()
	}
	if st := e.CodeStats(); st.Resident != 0 || st.Held != 0 {
		t.Errorf("all closed: %+v", st)
	}
	if _, err := m.Instantiate(ctx, InstanceOptions{MemoryLimit: 1}); err == nil {
		t.Error("there is an instance without memory")
	}
	if st := e.CodeStats(); st.Held != 0 {
		t.Errorf("failed: %+v", st)
	}
}
