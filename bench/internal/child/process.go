// Package child runs measurements in processes of their own: the program that
// runs already is started again, and the two talk over pipes.
//
// What a child can do is a service, i.e. a value with methods as net/rpc wants
// them.
package child

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/rpc"
	"os"
	"os/exec"
)

// Flag is the first argument of a child; the second is the service's name.
const Flag = "-child"

// Process is a child.
type Process struct {
	service string
	cmd     *exec.Cmd
	client  *rpc.Client
}

// Start starts a child that offers a service. It dies with ctx. Close it when
// done.
func Start(ctx context.Context, service string) (*Process, error) {
	program, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("child: starting %s: %w", service, err)
	}
	return StartProgram(ctx, program, service)
}

// StartProgram does what Start does with another program than this one, which
// knows [Flag] and the service.
func StartProgram(ctx context.Context, program, service string) (*Process, error) {
	cmd := exec.CommandContext(ctx, program, Flag, service)
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, fmt.Errorf("child: starting %s: %w", service, err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, fmt.Errorf("child: starting %s: %w", service, err)
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("child: starting %s: %w", service, err)
	}
	return &Process{service, cmd, rpc.NewClient(pipes{out, in})}, nil
}

// Call calls a method of the child's service.
func (p *Process) Call(method string, args, reply any) error {
	if err := p.client.Call(p.service+"."+method, args, reply); err != nil {
		return fmt.Errorf("child: %s.%s: %w", p.service, method, err)
	}
	return nil
}

// PID returns the child's process id.
func (p *Process) PID() int { return p.cmd.Process.Pid }

// Close ends the child and waits for it.
func (p *Process) Close() error {
	err := p.client.Close() // the child's input ends, and so does the child
	if werr := p.cmd.Wait(); err == nil {
		err = werr
	}
	if err != nil {
		return fmt.Errorf("child: ending %s: %w", p.service, err)
	}
	return nil
}

// Serve is what a child does: it answers calls of the service with that name
// until nobody can call any more.
func Serve(service string, services map[string]any, in io.ReadCloser, out io.WriteCloser) error {
	s := services[service]
	if s == nil {
		return fmt.Errorf("child: there is no service %q", service)
	}
	server := rpc.NewServer()
	if err := server.RegisterName(service, s); err != nil {
		return fmt.Errorf("child: offering %s: %w", service, err)
	}
	server.ServeConn(pipes{in, out})
	return nil
}

// pipes are the two directions of a connection.
type pipes struct {
	io.ReadCloser
	out io.WriteCloser
}

func (p pipes) Write(b []byte) (int, error) { return p.out.Write(b) }

func (p pipes) Close() error { return errors.Join(p.out.Close(), p.ReadCloser.Close()) }
