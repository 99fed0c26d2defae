package cachelimit_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/wafer-run/wafer/runner/internal/cachelimit"
)

// fill makes files of 64 KiB, named by the hours since their last use.
func fill(t *testing.T, dir string, now time.Time, hours ...int) {
	t.Helper()
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	for _, h := range hours {
		path := filepath.Join(dir, fmt.Sprint(h))
		if err := os.WriteFile(path, make([]byte, 64<<10), 0o400); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(path, time.Time{}, now.Add(-time.Duration(h)*time.Hour)); err != nil {
			t.Fatal(err)
		}
	}
}

func names(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	list := []string{}
	for _, e := range entries {
		list = append(list, e.Name())
	}
	return list
}

func TestEnforce(t *testing.T) {
	now := time.Now()
	for _, tc := range []struct {
		name  string
		limit int64
		left  []string
	}{
		{"fits", 8 * 64 << 10, []string{"0", "1", "10", "20", "3", "5"}},
		{"the oldest goes", 5*64<<10 + 40<<10, []string{"0", "1", "10", "3", "5"}},
		{"a tenth below", 5 * 64 << 10, []string{"0", "1", "3", "5"}},
		{"what is in use stays", 0, []string{"0", "1"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			root := t.TempDir()
			a, b := filepath.Join(root, "a"), filepath.Join(root, "b")
			fill(t, filepath.Join(a, "sub"), now, 0, 5, 20)
			fill(t, b, now, 1, 3, 10)
			fill(t, filepath.Join(b, "new"), now, 100)
			dirs := []string{a, b, filepath.Join(root, "missing")}
			r, err := cachelimit.Enforce(dirs, tc.limit, now, func(name string) bool { return name == "new" })
			if err != nil {
				t.Fatal(err)
			}
			left := append(names(t, filepath.Join(a, "sub")), names(t, b)...)
			seen := map[string]bool{}
			for _, n := range left {
				seen[n] = true
			}
			want := map[string]bool{"new": true}
			for _, n := range tc.left {
				want[n] = true
			}
			if d := cmp.Diff(want, seen); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
			if r.Files != 6-len(tc.left) || r.Bytes != int64(r.Files)*64<<10 || r.Left != int64(len(tc.left))*64<<10 {
				t.Errorf("%+v", r)
			}
			if len(names(t, filepath.Join(b, "new"))) != 1 {
				t.Error("a file in a directory that is skipped is gone")
			}
		})
	}
}

func TestTouch(t *testing.T) {
	now := time.Now()
	dir := t.TempDir()
	fill(t, dir, now, 0, 50)
	for _, name := range []string{"0", "50", "none"} {
		cachelimit.Touch(filepath.Join(dir, name), now)
	}
	if r, err := cachelimit.Enforce([]string{dir}, 0, now, func(string) bool { return false }); err != nil || r.Files != 0 {
		t.Errorf("%+v, %v: what was touched went", r, err)
	}
	cachelimit.Touch(filepath.Join(dir, "0"), now.Add(30*time.Minute))
	if info, err := os.Stat(filepath.Join(dir, "0")); err != nil || info.ModTime().After(now.Add(time.Minute)) {
		t.Errorf("touched again within the hour: %v, %v", info.ModTime(), err)
	}
}
