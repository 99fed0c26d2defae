package native

import (
	"errors"
	"fmt"
	"strings"
	"syscall"
	"time"

	"github.com/wafer-run/wafer/runner"
	"github.com/wafer-run/wafer/runner/internal/fccontext"
	"github.com/wafer-run/wafer/runner/native/internal/process"
)

// Codes of FC for an instance that does not start.
const (
	codeNotStarted     = "FunctionNotStarted" // no sign of life
	codeExited         = "CAExited"           // ended, or could not be executed
	codeFilePermission = "CAFilePermission"   // not executable
	codeFileNotFound   = "CAFileNotFound"     // not there
)

// startError is a reason that FC has a code for.
type startError struct {
	code string
	exit int // exit code, or the errno of exec
}

func (e *startError) Error() string { return e.code }

// classify finds FC's code for the reason why an instance did not start.
func (in *instance) classify(err error) *startError {
	var known *startError
	if errors.As(err, &known) {
		return known
	}
	if errors.Is(err, errExited) {
		return &startError{code: codeExited, exit: exitCode(in.proc.Wait())}
	}
	var errno syscall.Errno
	if in.proc == nil && errors.As(err, &errno) {
		switch errno {
		case syscall.EACCES:
			return &startError{code: codeFilePermission, exit: int(errno)}
		case syscall.ENOENT, syscall.ENOEXEC, syscall.ENOTDIR, syscall.ELOOP:
			return &startError{code: codeExited, exit: int(errno)}
		}
	}
	return &startError{code: codeNotStarted}
}

// exitCode is what a shell, and FC, makes of a status: signals are 128 and up.
func exitCode(s process.Status) int {
	if s.Signal != 0 {
		return 128 + int(s.Signal)
	}
	return s.Code
}

// notStarted is the error for an instance that did not start, in FC's words:
// those of FC 2.0 for a function that has a service.
func (f *Function) notStarted(in *instance, cmd command, took time.Duration, err error) *runner.InvokeError {
	e := in.classify(err)
	log := ""
	if in.log != nil {
		log = strings.TrimSuffix(in.log.Loose(), "\n")
	}
	s := story{
		start: e, command: cmd.seen(in), took: took, log: log, kind: f.program.Kind,
		limit: f.program.StartTimeout, cause: err, known: in.proc != nil,
	}
	if c, ok := in.driver.(*custom); ok {
		s.port, s.address = c.port, c.client.Address()
	}
	message := s.tell()
	if f.cfg.Service() != "" && f.program.Kind == Custom {
		message = s.tell2()
	}
	return &runner.InvokeError{Kind: runner.BootFailed, Function: f.cfg.Name(), Err: fmt.Errorf("native: starting %s: %w", cmd.path, err), Type: e.code, Message: message}
}

// story is what there is to tell about an instance that did not start.
type story struct {
	start   *startError
	command command
	took    time.Duration
	limit   time.Duration
	log     string
	kind    Kind
	port    int
	address string
	cause   error
	known   bool // there was a process
}

// tell is the message in the words of FC 3.0.
func (s story) tell() string {
	switch {
	case s.start.code == codeFileNotFound:
		return "The function cannot be started. Failed to start function instance. Error: the file " + s.command.path + " is not exist"
	case s.start.code == codeFilePermission:
		return "The function cannot be started. Function instance exited unexpectedly" + s.exit() + " with start command '" + s.command.String() + "'."
	case s.start.code == codeExited:
		return "Function instance exited unexpectedly" + s.exit() + " with start command '" + s.command.String() + "'. Logs:" + s.log
	case !s.known:
		return "The function cannot be started. Failed to start function instance. Error: " + s.cause.Error()
	case s.kind == Go1:
		return fmt.Sprintf("Function instance did not ask for an invocation in %s seconds.\nLogs:%s", s.waited(), s.log)
	}
	return fmt.Sprintf("Function instance health check failed on port %d in %s seconds.\nLogs:%s", s.port, s.waited(), s.log)
}

// tell2 is the message in the words of FC 2.0.
func (s story) tell2() string {
	switch {
	case s.start.code == codeFilePermission:
		return "The CA process cannot be started due to bootstrap file don't have execute permissions"
	case s.start.code == codeExited:
		text := s.log
		if !s.known {
			text = fmt.Sprintf("exec user process caused %q", syscall.Errno(s.start.exit).Error())
		}
		return fmt.Sprintf("The CA process either cannot be started or exited:ContainerStartDuration:%d. CA process cannot be started or exited already:"+
			" rpc error: code = 106 desc = ContainerStartDuration:%d. Ping CA failed due to: dial tcp %s: i/o timeout Logs : %s",
			s.took.Nanoseconds(), s.took.Nanoseconds(), s.address, stamped(text))
	case s.start.code == codeNotStarted && s.known:
		return fmt.Sprintf("The CA's http server cannot be started:ContainerStartDuration:%d. Ping CA failed due to: dial tcp %s: getsockopt: connection refused Logs : %s",
			s.took.Nanoseconds(), s.address, stamped(s.log))
	}
	return s.tell()
}

func stamped(log string) string {
	return time.Now().UTC().Format("2006-01-02T15:04:05.000Z") + " " + log
}

// exit describes an exit code. FC takes it for an errno, which it is when the
// file could not be executed, and prints what that would mean.
func (s story) exit() string {
	code := s.start.exit
	if text := syscall.Errno(code).Error(); code > 0 && !strings.HasPrefix(text, "errno ") {
		return fmt.Sprintf("(code %d, message:%s)", code, text)
	}
	return fmt.Sprintf("(code %d)", code)
}

// waited is how long the instance was waited for, in seconds: the limit where
// that was the reason.
func (s story) waited() string {
	if errors.Is(s.cause, errTooLate) {
		return fmt.Sprintf("%g", s.limit.Seconds())
	}
	return fccontext.WholeSeconds(s.took)
}
