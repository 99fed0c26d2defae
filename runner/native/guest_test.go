package native_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/wafer-run/wafer/runner"
	"github.com/wafer-run/wafer/runner/internal/guesttest"
	"github.com/wafer-run/wafer/runner/native"
)

// TestHandlerAsServer: a handler that is run as a custom runtime is told from a
// server that listens where it cannot be reached, as it does.
func TestHandlerAsServer(t *testing.T) {
	dir := t.TempDir()
	err := errors.Join(os.WriteFile(filepath.Join(dir, "bootstrap"), guesttest.BuildNative(t, "testdata/guest"), 0o755), os.Chmod(dir, 0o755))
	if err != nil {
		t.Fatal(err)
	}
	r := newRig(t)
	f := r.load(runner.NewFunctionConfig("guest"), native.Program{Kind: native.Custom, Dir: dir, StartTimeout: 2 * time.Second})
	_, err = f.Invoke(context.Background(), runner.Event{})
	var failed *runner.InvokeError
	if !errors.As(err, &failed) || failed.Kind != runner.BootFailed {
		t.Fatalf("error %v", err)
	}
	if !strings.Contains(failed.Message, "is for the runtime go1 (--runtime go1)") || strings.Contains(failed.Message, "want 0.0.0.0") {
		t.Errorf("message %q", failed.Message)
	}
}

// TestGuest runs a handler that was built with wafer's own SDK. It says what it
// is and which hooks it has: nobody need configure that.
func TestGuest(t *testing.T) {
	dir := t.TempDir()
	err := errors.Join(os.WriteFile(filepath.Join(dir, "main"), guesttest.BuildNative(t, "testdata/guest"), 0o755), os.Chmod(dir, 0o755))
	if err != nil {
		t.Fatal(err)
	}
	r := newRig(t)
	f := r.load(runner.NewFunctionConfig("guest"), native.Program{Dir: dir})
	w, res := do(t, f, request("PUT", "/path", "body"))
	if w.status != 202 || w.body.String() != "PUT /path initialized true" || !f.HandlesHTTP() {
		t.Errorf("answer %v, handles HTTP %v", w, f.HandlesHTTP())
	}
	log := string(res.Log)
	for _, part := range []string{"FC Initialize Start", "FC Initialize End", "FC Invoke Start", res.RequestID + " [INFO] main.go", "FC Invoke End"} {
		if strings.Count(log, part) != 1 {
			t.Errorf("%q is not in the log once:\n%s", part, log)
		}
	}
	if n := r.logged("no httpParams"); n != 0 {
		t.Errorf("asked %d times for what it had been told", n)
	}
	w = &recorder{}
	_, err = f.InvokeHTTP(context.Background(), request("GET", "/fail", ""), w)
	var failed *runner.InvokeError
	if !errors.As(err, &failed) || failed.Message != "no page" || failed.Type != "errorString" || w.heads != 0 {
		t.Errorf("error %v, %d heads", err, w.heads)
	}
	if err := f.Close(context.Background()); err != nil {
		t.Fatal(err)
	}
	if r.logged("stopping") != 1 || r.logged("FC PreStop End") != 1 {
		t.Error("the pre-stop hook did not run")
	}
}
