package runner_test

import (
	"context"
	"testing"

	"github.com/wafer-run/wafer/runner"
	"github.com/wafer-run/wafer/runner/runnertest"
)

// TestInspectStored expects that what a function found on disk once took to make
// is still known, and how large it is, although it is not in memory.
func TestInspectStored(t *testing.T) {
	dir := t.TempDir() + "/cache"
	var all []runner.Inspection
	for range 2 {
		r := private(t, dir, nil)
		f := runnertest.Load(t, r, runner.NewFunctionConfig("f"), chaos(t))
		all = append(all, f.Inspect())
		if err := r.Close(context.Background()); err != nil {
			t.Fatal(err)
		}
	}
	first, second := all[0], all[1]
	if first.Code != "mapped" {
		t.Skipf("code is %s: %s", first.Code, first.CodeReason)
	}
	if first.CodeStored || first.Rewrite == 0 || first.Compile == 0 || first.Lookup != 0 {
		t.Errorf("first: %+v", first)
	}
	if !second.CodeStored || second.Code != "absent" || second.CodeBytes != first.CodeBytes || second.CodeBytes == 0 {
		t.Errorf("second: code is %s with %d bytes, first %d", second.Code, second.CodeBytes, first.CodeBytes)
	}
	if second.Rewrite == 0 || second.Rewrite > first.Rewrite || second.Compile < first.Compile/4 || second.Compile > first.Compile || second.Lookup == 0 {
		t.Errorf("first %v and %v; second %v and %v, found in %v", first.Rewrite, first.Compile, second.Rewrite, second.Compile, second.Lookup)
	}
}
