package experiment

import (
	"bytes"
	"context"
	"fmt"
	"os/exec"
	"path/filepath"
)

// GoBenchmark runs a Go benchmark of a package of the tree so many times, and
// returns what it prints.
//
// # Errors
//
// That it failed, with what it has said.
func (l *Lab) GoBenchmark(ctx context.Context, dir, name, benchtime string, runs int) ([]byte, error) {
	program := filepath.Join(l.dir, filepath.Base(dir)+".test")
	if err := l.tools.Run(ctx, l.tools.Root, "go", "test", "-c", "-o", program, "./"+dir); err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, program, "-test.run", "^$", "-test.bench", "^"+name+"$", "-test.benchtime", benchtime, "-test.count", fmt.Sprint(runs))
	cmd.Dir = filepath.Join(l.tools.Root, dir)
	var out, said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &said
	if err := cmd.Run(); err != nil {
		return nil, fmt.Errorf("experiment: running %s: %w\n%s%s", name, err, &out, &said)
	}
	return out.Bytes(), nil
}
