package sdkbuild

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"time"
)

// goCommand is the user's go command together with where and how it runs.
type goCommand struct {
	path string
	dir  string
	env  []string
	show io.Writer // gets messages about downloads as they come
}

// with returns a copy that runs with more environment variables; later ones win.
func (g goCommand) with(env ...string) goCommand {
	g.env = append(append([]string{}, g.env...), env...)
	return g
}

// in returns a copy that runs in dir.
func (g goCommand) in(dir string) goCommand {
	g.dir = dir
	return g
}

// commandError is a go command that ran and failed.
type commandError struct {
	args   []string
	stderr string
	err    error
}

func (e *commandError) Error() string {
	if e.stderr != "" {
		return strings.TrimSpace(e.stderr)
	}
	return fmt.Sprintf("go %s: %v", e.args[0], e.err)
}

func (e *commandError) Unwrap() error { return e.err }

// run returns what the command wrote to its standard output. When it exits with
// an error, that is a *commandError with its standard error.
func (g goCommand) run(ctx context.Context, args ...string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, g.path, args...)
	// The go command removes its work directory when it is interrupted.
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = 5 * time.Second
	cmd.Dir = g.dir
	cmd.Env = append(append([]string{}, g.env...), "PWD="+g.dir)
	var stdout bytes.Buffer
	stderr := progress{show: g.show}
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		if ctx.Err() != nil {
			return nil, fmt.Errorf("sdkbuild: running go %s: %w", args[0], context.Cause(ctx))
		}
		var exit *exec.ExitError
		if errors.As(err, &exit) {
			return stdout.Bytes(), &commandError{args: args, stderr: stderr.rest(), err: err}
		}
		return nil, fmt.Errorf("sdkbuild: running %s %s: %w", g.path, args[0], err)
	}
	return stdout.Bytes(), nil
}

// runJSON decodes the command's standard output into out.
func (g goCommand) runJSON(ctx context.Context, out any, args ...string) error {
	text, err := g.run(ctx, args...)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(text, out); err != nil {
		return fmt.Errorf("sdkbuild: decoding the output of go %s: %w", strings.Join(args, " "), err)
	}
	return nil
}
