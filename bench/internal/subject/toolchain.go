// Package subject makes what is measured: functions built from source in the
// tree, and variants of them.
package subject

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// Toolchain builds things with the go command and the tree's own tools. It
// keeps everything below Dir.
type Toolchain struct {
	Root string // of the source tree
	Dir  string // for what is built
}

// Root finds the source tree from the working directory.
func Root(ctx context.Context) (string, error) {
	out, err := exec.CommandContext(ctx, "go", "list", "-m", "-f", "{{.Dir}}", "github.com/wafer-run/wafer").Output()
	if err != nil {
		return "", fmt.Errorf("subject: finding the source tree (run this inside of it): %w", err)
	}
	return strings.TrimSpace(string(out)), nil
}

// Native compiles a main package of the tree for this machine and returns the
// program's path.
func (t *Toolchain) Native(ctx context.Context, pkg string) (string, error) {
	out := filepath.Join(t.Dir, filepath.Base(pkg))
	return out, t.Run(ctx, t.Root, "go", "build", "-o", out, "./"+pkg)
}

// Function builds the handler in a directory of the tree, as a user would.
func (t *Toolchain) Function(ctx context.Context, dir string) ([]byte, error) {
	wafer := filepath.Join(t.Dir, "wafer")
	if _, err := os.Stat(wafer); err != nil {
		if _, err := t.Native(ctx, "runner/cmd/wafer"); err != nil {
			return nil, err
		}
	}
	out := filepath.Join(t.Dir, filepath.Base(dir)+".wasm")
	if err := t.Run(ctx, t.Root, wafer, "build", "-q", "-o", out, "./"+dir); err != nil {
		return nil, err
	}
	wasm, err := os.ReadFile(out)
	if err != nil {
		return nil, fmt.Errorf("subject: reading function: %w", err)
	}
	return wasm, nil
}

// Rewrite runs the engine's rewriter over a module, without the passes in
// skip, see command runner/internal/cmd/rewrite.
func (t *Toolchain) Rewrite(ctx context.Context, wasm []byte, skip string) ([]byte, error) {
	dir, err := os.MkdirTemp(t.Dir, "rewrite-")
	if err != nil {
		return nil, fmt.Errorf("subject: rewriting: %w", err)
	}
	defer os.RemoveAll(dir)
	in, out := filepath.Join(dir, "in.wasm"), filepath.Join(dir, "out.wasm")
	if err := os.WriteFile(in, wasm, 0o600); err != nil {
		return nil, fmt.Errorf("subject: rewriting: %w", err)
	}
	if err := t.Run(ctx, t.Root, "go", "run", "./runner/internal/cmd/rewrite", "-skip", skip, in, out); err != nil {
		return nil, err
	}
	wasm, err = os.ReadFile(out)
	if err != nil {
		return nil, fmt.Errorf("subject: rewriting: %w", err)
	}
	return wasm, nil
}

// Run runs a command in a directory.
//
// # Errors
//
// That it failed, with what it has said.
func (t *Toolchain) Run(ctx context.Context, dir, name string, args ...string) error {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir = dir
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &said
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("subject: running %s %s: %w\n%s", filepath.Base(name), strings.Join(args, " "), err, said.String())
	}
	return nil
}
