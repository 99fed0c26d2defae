package native_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/wafer-run/wafer/runner"
)

// TestHostileServer has servers answer in ways that no server should: the invocation
// ends, and the instance is as good as before.
func TestHostileServer(t *testing.T) {
	r := newRig(t)
	f := r.load(config(), server())
	_, first := invoke(t, f, "{}")
	if out, _ := invoke(t, f, `{"do":"switch"}`); out != "" {
		t.Errorf("after 101: %q", out)
	}
	w, _ := do(t, f, request("GET", "/switch", ""))
	if w.status != 101 || w.body.Len() > 0 { // the front refuses it
		t.Errorf("after 101: %v", w)
	}
	_, eventErr := f.Invoke(context.Background(), runner.Event{Payload: []byte(`{"do":"heads"}`)})
	_, httpErr := f.InvokeHTTP(context.Background(), request("GET", "/heads", ""), &recorder{})
	for _, err := range []error{eventErr, httpErr} {
		var failed *runner.InvokeError
		if !errors.As(err, &failed) || failed.Kind != runner.BadResponse || !strings.HasPrefix(failed.Message, "the answer's headers have over ") {
			t.Errorf("endless headers: %v", err)
		}
	}
	if _, last := invoke(t, f, "{}"); last.Usage.InstanceID != first.Usage.InstanceID {
		t.Error("the instance was replaced")
	}
}
