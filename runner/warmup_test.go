package runner_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/wafer-run/wafer/runner"
	"github.com/wafer-run/wafer/runner/runnertest"
)

// TestFailingWarmup has warm-up events fail. The snapshot is then one without
// them, of an instance that never saw any, also in the next runner.
func TestFailingWarmup(t *testing.T) {
	const reason = "warm-up event 2 failed: "
	count := do("count", 0, "").Payload
	for _, tt := range []struct {
		name   string
		env    string
		mode   runner.SnapshotMode
		warmup []byte
		reason string
		inits  string // that the first event sees
	}{
		{"no JSON", "", runner.SnapshotBoot, []byte("{not json"), reason, "0"},
		{"exit", "yes", runner.SnapshotBoot, do("exit", 1, "").Payload, reason, "1"},
		{"panic", "yes", runner.SnapshotInit, do("panic", 0, "ouch").Payload, reason + "ouch", "1"},
		{"initializer", "fail-twice", runner.SnapshotBoot, count, "the initializer failed: not yet", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir() + "/cache"
			cfg := runner.NewFunctionConfig("f").WithSnapshot(tt.mode).WithWarmup(count, tt.warmup)
			if tt.env != "" {
				cfg = cfg.WithEnv(map[string]string{"INIT": tt.env})
			}
			for process := range 2 {
				lines := runnertest.NewLines()
				r := private(t, dir, lines)
				f := runnertest.Load(t, r, cfg, chaos(t))
				i := f.Inspect()
				if !i.Snapshot || i.SnapshotRefused != "" || i.SnapshotStored != (process == 1) {
					t.Errorf("process %d: %+v", process, i)
				}
				if !strings.HasPrefix(i.WarmupRefused, tt.reason) {
					t.Errorf("process %d: reason %q, want %q", process, i.WarmupRefused, tt.reason)
				}
				if log := strings.Join(lines.Take(), "\n"); !strings.Contains(log, "the snapshot does without the warm-up events: "+tt.reason) {
					t.Errorf("process %d: the log does not say why:\n%s", process, log)
				}
				if tt.inits == "" {
					continue
				}
				if got := invoke(t, f, do("inits", 0, "")); got != tt.inits {
					t.Errorf("process %d: initializer ran %s times, want %s", process, got, tt.inits)
				}
				if got := invoke(t, f, do("count", 0, "")); got != "1" {
					t.Errorf("process %d: counter is %s: a warm-up event was kept", process, got)
				}
			}
		})
	}
}

// TestHTTPWarmup warms up a handler that takes HTTP requests.
func TestHTTPWarmup(t *testing.T) {
	r := private(t, t.TempDir()+"/cache", nil)
	cfg := runner.NewFunctionConfig("f").WithEnv(map[string]string{"BOOT": "web"})
	const event = `{"version":"v1","rawPath":"/path","headers":{"x-a":"1"},"queryParameters":{"q":"a b"},` +
		`"body":"AAH/","isBase64Encoded":true,"requestContext":{"http":{"method":"PUT"}}}`
	f := runnertest.Load(t, r, cfg.WithWarmup([]byte("text"), []byte(event), nil), chaos(t))
	if i := f.Inspect(); !i.Snapshot || !i.HandlesHTTP || i.WarmupRefused != "" {
		t.Errorf("%+v", i)
	}
	w := httptest.NewRecorder()
	f.Handler().ServeHTTP(w, httptest.NewRequest(http.MethodGet, "http://host/now", nil))
	const want = "POST / text\nPUT /path?q=a+b1 \x00\x01\xff\nPOST / \nGET /now "
	if got := w.Body.String(); got != want || w.Code != http.StatusTeapot {
		t.Errorf("status %d, requests so far:\n%q, want\n%q", w.Code, got, want)
	}
	fails := `{"version":"v1","rawPath":"/fail","requestContext":{"http":{"method":"GET"}}}`
	f = runnertest.Load(t, r, cfg.WithWarmup([]byte(fails)), chaos(t))
	if i := f.Inspect(); !i.Snapshot || i.WarmupRefused != "warm-up event 1 failed: not today" {
		t.Errorf("%+v", i)
	}
}
