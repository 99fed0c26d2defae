// Package native runs handlers as native programs, the way Function Compute's
// go1 runtime does: they pull events from a runtime API over HTTP.
package native

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"time"
)

// Process runs the program at Path, once per event.
type Process struct{ Path string }

// FirstResponse starts the program, gives it the event and returns how long it
// took from the start until its response had arrived. The program is killed
// before it returns.
//
// # Errors
//
// When the program does not start, dies, answers something else than want, or
// ctx is done first.
func (p Process) FirstResponse(ctx context.Context, event, want []byte) (time.Duration, error) {
	api, err := newRuntimeAPI(event)
	if err != nil {
		return 0, err
	}
	defer api.close()
	cmd := exec.CommandContext(ctx, p.Path)
	cmd.Env = []string{"FC_RUNTIME_API=" + api.addr()}
	var complaints bytes.Buffer
	cmd.Stderr = &complaints
	start := time.Now()
	if err := cmd.Start(); err != nil {
		return 0, fmt.Errorf("native: starting %s: %w", p.Path, err)
	}
	died := make(chan error, 1)
	go func() { died <- cmd.Wait() }()
	select {
	case a := <-api.answers:
		took := a.at.Sub(start)
		_ = cmd.Process.Kill() // it may have ended by itself
		<-died                 //nolint:errcheck // it was killed: how it ended says nothing
		if a.kind != "response" || !bytes.Equal(a.body, want) {
			return 0, fmt.Errorf("native: %s posted the %s %q, want the response %q", p.Path, a.kind, a.body, want)
		}
		return took, nil
	case err := <-died:
		return 0, errors.Join(fmt.Errorf("native: %s ended before it answered: %s", p.Path, complaints.String()), err)
	}
}
