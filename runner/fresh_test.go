package runner_test

import (
	"io"
	"slices"
	"testing"

	"github.com/wafer-run/wafer/runner"
	"github.com/wafer-run/wafer/runner/internal/guesttest"
	"github.com/wafer-run/wafer/runner/runnertest"
)

// nowhere is an HTTPWriter that drops the answer.
type nowhere struct{ io.Writer }

func (nowhere) WriteHead(int, []runner.Header, int64) error { return nil }

// TestFreshCallsDoNoMoreWork compares calls of an instance that was just reset
// with calls of one that is warm: what only a first call has to do, for example
// to fill caches, belongs into the snapshot.
func TestFreshCallsDoNoMoreWork(t *testing.T) {
	r := runnertest.New(t)
	for _, tc := range []struct {
		dir  string
		call func(f *runner.Function) (*runner.Result, error)
	}{
		{"testdata/hello", func(f *runner.Function) (*runner.Result, error) {
			return f.Invoke(t.Context(), runner.Event{Payload: []byte(`{"key":"wafer"}`)})
		}},
		{"../examples/http-handler", func(f *runner.Function) (*runner.Result, error) {
			return f.InvokeHTTP(t.Context(), &runner.HTTPRequest{Method: "GET", URI: "/a?b=c", Path: "/a", Host: "localhost"}, nowhere{io.Discard})
		}},
	} {
		t.Run(tc.dir, func(t *testing.T) {
			wasm := guesttest.Build(t, tc.dir)
			typical := func(isolation runner.Isolation) int64 {
				f := runnertest.Load(t, r, runner.NewFunctionConfig(isolation.String()).WithIsolation(isolation), wasm)
				var ticks []int64
				for range 21 {
					res, err := tc.call(f)
					if err != nil {
						t.Fatal(err)
					}
					ticks = append(ticks, res.Usage.Ticks)
				}
				slices.Sort(ticks)
				return ticks[len(ticks)/2]
			}
			warm, fresh := typical(runner.IsolationInstance), typical(runner.IsolationRequest)
			t.Logf("%d ticks warm, %d fresh", warm, fresh)
			if fresh > warm+warm/10 { // the first header map draws a random seed
				t.Errorf("a call of a fresh instance takes %d ticks, a warm one %d", fresh, warm)
			}
		})
	}
}
