package engine

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/wafer-run/wafer/abi"
	"github.com/wafer-run/wafer/runner/internal/rewrite"
)

// BootError says that a guest did not come up.
type BootError struct {
	Failure *abi.Error // what the guest said, or nil
	Err     error      // how the call ended, or nil
}

func (e *BootError) Error() string {
	if e.Failure != nil {
		return "engine: booting guest: " + e.Failure.Message
	}
	return fmt.Sprintf("engine: booting guest: %v", e.Err)
}

func (e *BootError) Unwrap() error { return e.Err }

// Boot starts a guest that was not restored from a snapshot: its start
// function, _initialize and the boot call; a server then runs until it accepts
// connections. deadline ends all of it.
//
// # Errors
//
// A [*BootError]. The instance must then be closed.
func (in *Instance) Boot(deadline time.Time, done <-chan struct{}) (*abi.BootInfo, error) {
	c := &Call{Kind: abi.KindBoot, Deadline: deadline, Done: done}
	for _, name := range []string{rewrite.StartExport, abi.ExportInitialize} {
		if f := in.mod.ExportedFunction(name); f != nil {
			if err := in.run(f, nil, c); err != nil {
				return nil, &BootError{Err: err}
			}
		}
	}
	c.Head = (&abi.BootRequest{Peer: in.engine.peer, Minor: abi.Minor, Features: abi.FeatureConnections}).AppendTo(nil)
	status, err := in.Call(c)
	switch {
	case err != nil:
		return nil, &BootError{Err: err}
	case status == abi.StatusError:
		return nil, &BootError{Failure: c.Failure}
	case status == abi.StatusUnsupported, c.Boot == nil:
		return &abi.BootInfo{Handles: abi.HandlesEvent}, nil
	}
	boot := c.Boot
	if need := boot.Features &^ abi.FeatureConnections; need != 0 {
		return nil, &BootError{Err: &ProtocolError{fmt.Sprintf(
			"the guest (%s) requires features %#x, which this host does not offer: run it with a newer wafer", boot.Peer, uint64(need))}}
	}
	if boot.Handles == 0 {
		boot.Handles = abi.HandlesEvent
	}
	if boot.Handles&abi.HandlesConnections != 0 {
		if err := in.listen(deadline, done); err != nil {
			return nil, &BootError{Err: err}
		}
	}
	return boot, nil
}

// InstantiateCommand makes an instance of a WASI command, which reads stdin
// and prints its answer to stdout.
func (m *Module) InstantiateCommand(ctx context.Context, o InstanceOptions, stdin io.Reader, stdout io.Writer) (*Instance, error) {
	o.stdin, o.stdout = stdin, stdout
	return m.Instantiate(ctx, o)
}

// RunCommand runs a WASI command to its end. Exit code 0 is success.
//
// # Errors
//
// Those of [Instance.Call].
func (in *Instance) RunCommand(c *Call) error {
	for _, name := range []string{rewrite.StartExport, abi.ExportStart} {
		f := in.mod.ExportedFunction(name)
		if f == nil {
			continue
		}
		var exit *Exit
		if err := in.run(f, nil, c); err != nil && (!errors.As(err, &exit) || exit.Code != 0) {
			return err
		}
	}
	return nil
}
