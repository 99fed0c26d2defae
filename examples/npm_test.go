package examples

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// installNPM copies an example and installs its packages, and skips the test
// when the machine has no npm.
func installNPM(t *testing.T, example string) string {
	t.Helper()
	if _, err := exec.LookPath("npm"); err != nil {
		t.Skip("needs npm, and node 20 or newer")
	}
	dir := copyExample(t, example)
	cmd := exec.Command("npm", "ci", "--no-audit", "--no-fund", "--prefer-offline")
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", cmd, err, out)
	}
	return dir
}

// copyExample copies an example's source files, so that nothing is written
// beside them and nothing left from other builds is used.
func copyExample(t *testing.T, example string) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), example)
	err := filepath.WalkDir(example, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		to := filepath.Join(filepath.Dir(dir), path)
		switch {
		case entry.Name() == "node_modules":
			return filepath.SkipDir
		case entry.IsDir():
			return os.MkdirAll(to, 0o755)
		case filepath.Ext(path) == ".wasm":
			return nil
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		return os.WriteFile(to, data, 0o644)
	})
	if err != nil {
		t.Fatal(err)
	}
	return dir
}
