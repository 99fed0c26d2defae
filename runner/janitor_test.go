package runner_test

import (
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/wafer-run/wafer/runner"
	"github.com/wafer-run/wafer/runner/runnertest"
)

// cached returns the files in a cache directory, and lets all but new ones have been
// used long ago if asked to.
func cached(t *testing.T, dir string, age time.Duration) map[string]bool {
	t.Helper()
	files := map[string]bool{}
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || !e.Type().IsRegular() {
			return nil // gone meanwhile
		}
		files[path] = true
		if age > 0 {
			then := time.Now().Add(-age)
			return os.Chtimes(path, then, then)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// TestCacheLimit fills a cache directory far beyond its limit, lets time pass,
// and expects that what is loaded stays and the rest goes.
func TestCacheLimit(t *testing.T) {
	dir := t.TempDir()
	ctx := context.Background()
	cfg := runner.NewConfig().WithCacheDir(dir).WithCacheLimit(1)
	base := runner.NewFunctionConfig("chaos")
	r := runnertest.NewWithConfig(t, cfg)
	runnertest.Load(t, r, base, chaos(t))
	runnertest.Load(t, r, base.WithHandler("other"), chaos(t)) // the same code, another snapshot
	if err := r.Close(ctx); err != nil {
		t.Fatal(err)
	}
	before := cached(t, dir, 100*time.Hour)
	if len(before) < 4 {
		t.Fatalf("the cache holds %v", before)
	}
	r = runnertest.NewWithConfig(t, runner.NewConfig().WithCacheDir(dir)) // without a limit
	f := runnertest.Load(t, r, base, chaos(t))
	if !f.Inspect().SnapshotStored {
		t.Error("nothing was found in the cache")
	}
	limited := runnertest.NewWithConfig(t, cfg) // as another process would
	for i := 0; len(cached(t, dir, 0)) == len(before); i++ {
		if i > 5000 {
			t.Fatal("nothing was removed")
		}
		time.Sleep(time.Millisecond)
	}
	if err := limited.Close(ctx); err != nil {
		t.Fatal(err)
	}
	if after := cached(t, dir, 0); len(after) != len(before)-1 {
		t.Errorf("%d files are left of %d, want all but one snapshot", len(after), len(before))
	}
	if got := invoke(t, f, do("echo", 0, "hi")); got != `"hi"` {
		t.Errorf("answer %s", got)
	}
	again := runnertest.Load(t, r, base, chaos(t)).Inspect()
	if !again.SnapshotStored || again.Rewrite != 0 && !again.CodeStored { // it was rewritten again
		t.Errorf("%+v", again)
	}
	if err := f.Close(ctx); err != nil {
		t.Fatal(err)
	}
}

func TestCacheLimitIsChecked(t *testing.T) {
	if _, err := runner.New(context.Background(), runner.NewConfig().WithCacheLimit(-1)); err == nil {
		t.Error("a negative limit was taken")
	}
}
