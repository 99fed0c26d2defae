package native_test

import (
	"context"
	"errors"
	"testing"

	"github.com/wafer-run/wafer/runner"
	"github.com/wafer-run/wafer/runner/native"
)

// TestRequestIDs: an id either comes back, or is refused before anything runs.
func TestRequestIDs(t *testing.T) {
	r := newRig(t)
	cfg := config().WithConcurrency(2).WithMaxInstances(1)
	pulls, serves := r.load(cfg, pull()), r.load(cfg, server())
	for _, c := range []struct {
		id           string
		pull, server bool
	}{
		{"1-6b038b2d-379439e714159299739d54e8", true, true},
		{"a.b_c~d!$&'()*+,;=:@", true, true},
		{"next", true, true},
		{"..", true, true},
		{"é世\\\"<>[]", true, true},
		{"a?b", false, true},
		{"a#b", false, true},
		{"a%b", false, true},
		{"a%41", false, true},
		{"a/b", false, true},
		{"a b", false, true},
		{"a\nb", false, false},
		{"a\x00", false, false},
		{"\x7f", false, false},
	} {
		for f, want := range map[*native.Function]bool{pulls: c.pull, serves: c.server} {
			res, err := f.Invoke(context.Background(), runner.Event{RequestID: c.id, Payload: []byte("{}")})
			var refused *native.RequestIDError
			if want && err != nil || !want && (!errors.As(err, &refused) || refused.ID != c.id) {
				t.Errorf("%q for %v: error %v", c.id, f.Program().Kind, err)
			}
			if want && res.RequestID != c.id {
				t.Errorf("%q for %v: answered as %q", c.id, f.Program().Kind, res.RequestID)
			}
		}
	}
	for _, f := range []*native.Function{pulls, serves} {
		before := r.logged("Start RequestId: twin")
		ctx, cancel := context.WithCancel(context.Background())
		first := make(chan error)
		go func() {
			_, err := f.Invoke(ctx, runner.Event{RequestID: "twin", Payload: []byte(`{"do":"hang"}`)})
			first <- err
		}()
		eventually(t, "running", func() bool { return r.logged("Start RequestId: twin") > before })
		_, err := f.Invoke(context.Background(), runner.Event{RequestID: "twin", Payload: []byte("{}")})
		var refused *native.RequestIDError
		if !errors.As(err, &refused) || refused.Why != "another invocation in this instance has it" {
			t.Errorf("a twin of %v: error %v", f.Program().Kind, err)
		}
		if _, err := f.Invoke(context.Background(), runner.Event{RequestID: "other", Payload: []byte("{}")}); err != nil {
			t.Errorf("beside a twin of %v: error %v", f.Program().Kind, err)
		}
		cancel()
		if err := <-first; err == nil {
			t.Error("what was canceled has no error")
		}
		if _, err := f.Invoke(context.Background(), runner.Event{RequestID: "twin", Payload: []byte("{}")}); err != nil {
			t.Errorf("after a twin of %v: error %v", f.Program().Kind, err)
		}
	}
}
