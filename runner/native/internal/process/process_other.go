//go:build !linux

package process

import (
	"context"
	"net"
	"time"
)

// Process is a running tree of processes. Linux only.
type Process struct{}

// Start fails with ErrUnsupported.
func Start(Spec) (*Process, error) { return nil, ErrUnsupported }

// PID returns 0.
func (*Process) PID() int { return 0 }

// Done returns nil.
func (*Process) Done() <-chan struct{} { return nil }

// Wait returns the zero status.
func (*Process) Wait() Status { return Status{} }

// Kill does nothing.
func (*Process) Kill() {}

// MaxMemory returns 0.
func (*Process) MaxMemory() int64 { return 0 }

// CPUTime returns 0.
func (*Process) CPUTime() time.Duration { return 0 }

// Network returns nil.
func (*Process) Network() *Network { return nil }

// Dial fails with ErrUnsupported.
func (*Process) Dial(context.Context, string, string) (net.Conn, error) { return nil, ErrUnsupported }

// Report is empty.
func (*Process) Report() Report { return Report{} }

// Network is where processes live. Linux only.
type Network struct{}

// NewNetwork fails with ErrUnsupported.
func NewNetwork(bool) (*Network, error) { return nil, ErrUnsupported }

// Own returns false.
func (*Network) Own() bool { return false }

// Dial fails with ErrUnsupported.
func (*Network) Dial(context.Context, string, string) (net.Conn, error) { return nil, ErrUnsupported }

// Listen fails with ErrUnsupported.
func (*Network) Listen(string, string) (net.Listener, error) { return nil, ErrUnsupported }

// Close does nothing.
func (*Network) Close() error { return nil }

// Support is empty.
func Support() Report { return Report{} }
