package process_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/wafer-run/wafer/runner/native/internal/process"
)

// script runs a program with an interpreter of the system's.
func script(t *testing.T, text string) (string, process.Status) {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "run"), []byte(text), 0o755); err != nil {
		t.Fatal(err)
	}
	return finish(t, process.Spec{Path: "run", Dir: dir, Env: []string{"PATH=/usr/local/bin:/usr/bin:/bin"}}, "an argument")
}

// TestShell uses what scripts take for granted: dynamic linking, pipes, other
// programs, /dev, /tmp, the descriptors by name.
func TestShell(t *testing.T) {
	out, s := script(t, `#!/bin/sh
set -e
echo "$1"
printf 'b\na\n' | sort
cat <<END
here
END
echo lost >/dev/null
f=$(mktemp)
echo kept >"$f"
cat "$f"
rm "$f"
(sleep 0; echo child) &
wait
echo err >&2
head -c 4 /dev/zero | wc -c
test "$(date -u +%Y)" -gt 2000
`)
	if want := "an argument\na\nb\nhere\nkept\nchild\nerr\n4\n"; out != want || s.Code != 0 {
		t.Errorf("%s:\n%s\nwant\n%s", s, out, want)
	}
}

// TestPython has a runtime of another language.
func TestPython(t *testing.T) {
	const python = "/usr/bin/python3" // another may lie where processes see nothing
	if _, err := os.Stat(python); err != nil {
		t.Skip(err)
	}
	out, s := script(t, "#!"+python+`
import json, os, socket, ssl, subprocess, sys, tempfile, threading
with tempfile.NamedTemporaryFile() as f:
    f.write(b"x")
a, b = socket.socketpair()
t = threading.Thread(target=lambda: a.send(b"thread"))
t.start(); t.join()
print(json.dumps([b.recv(10).decode(), sys.argv[1], subprocess.check_output(["echo", "child"]).decode()]))
`)
	if want := `["thread", "an argument", "child\n"]` + "\n"; out != want || s.Code != 0 {
		t.Errorf("%s:\n%s\nwant\n%s", s, out, want)
	}
}
