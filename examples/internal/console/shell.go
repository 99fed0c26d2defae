package console

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
)

// mark ends the output of every command. It stands on a line of its own, before
// the command's exit status.
const mark = "=====console-mark====="

// Shell is a bash that runs one command after the other, so that variables,
// background jobs and $? live on. Commands read from an empty standard input. It
// is not safe for concurrent use.
type Shell struct {
	cmd *exec.Cmd
	in  io.WriteCloser
	out *bufio.Reader
}

// Start starts a shell in dir. When ctx ends, the shell and all it started are
// killed. The caller must call Close.
func Start(ctx context.Context, dir string, env []string) (*Shell, error) {
	shell := exec.CommandContext(ctx, "bash", "--noprofile", "--norc")
	shell.Dir, shell.Env = dir, env
	shell.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // background jobs too
	shell.Cancel = func() error { return syscall.Kill(-shell.Process.Pid, syscall.SIGKILL) }
	in, err := shell.StdinPipe()
	if err != nil {
		return nil, fmt.Errorf("console: starting a shell: %w", err)
	}
	out, err := shell.StdoutPipe()
	if err != nil {
		return nil, fmt.Errorf("console: starting a shell: %w", err)
	}
	shell.Stderr = shell.Stdout
	if err := shell.Start(); err != nil {
		return nil, fmt.Errorf("console: starting a shell: %w", err)
	}
	return &Shell{cmd: shell, in: in, out: bufio.NewReader(out)}, nil
}

// Run runs a command and returns the lines it printed and its exit status. A
// missing newline at the end is not noticed.
//
// # Errors
//
// One that says that the shell is gone.
func (s *Shell) Run(command string) (lines []string, status int, err error) {
	quoted := "'" + strings.ReplaceAll(command, "'", `'\''`) + "'"
	// The subshell at the end hands the status on to the next command's $?.
	script := fmt.Sprintf("eval %s </dev/null\n__s=$?; printf '\\n%%s %%d\\n' '%s' $__s; (exit $__s)\n", quoted, mark)
	if _, err := io.WriteString(s.in, script); err != nil {
		return nil, 0, fmt.Errorf("console: running %q: %w", command, err)
	}
	for {
		line, err := s.out.ReadString('\n')
		if err != nil {
			return lines, 0, fmt.Errorf("console: running %q: the shell ended: %w", command, err)
		}
		line = strings.TrimSuffix(line, "\n")
		if code, ok := strings.CutPrefix(line, mark+" "); ok {
			if status, err = strconv.Atoi(code); err != nil {
				return lines, 0, fmt.Errorf("console: running %q: %w", command, err)
			}
			break
		}
		lines = append(lines, line)
	}
	if n := len(lines); n > 0 && lines[n-1] == "" {
		lines = lines[:n-1] // the newline before the mark
	}
	return lines, status, nil
}

// Close kills what still runs and waits for the shell.
func (s *Shell) Close() error {
	err := syscall.Kill(-s.cmd.Process.Pid, syscall.SIGKILL)
	if err != nil && !errors.Is(err, syscall.ESRCH) {
		return fmt.Errorf("console: ending the shell: %w", err)
	}
	var exit *exec.ExitError
	if err := s.cmd.Wait(); err != nil && !errors.As(err, &exit) {
		return fmt.Errorf("console: ending the shell: %w", err)
	}
	return nil
}
