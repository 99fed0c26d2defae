package engine

import (
	"fmt"
	"time"

	"github.com/wafer-run/wafer/abi"
	"github.com/wafer-run/wafer/runner/internal/memory"
	"github.com/wafer-run/wafer/runner/internal/snapshot"
)

// Settle tells the guest that it is about to be saved, so that it collects
// its garbage. A guest that does not know the call is left as it is.
func (in *Instance) Settle(deadline time.Time) error {
	c := &Call{Kind: abi.KindSettle, Deadline: deadline}
	status, err := in.Call(c)
	if err != nil {
		return fmt.Errorf("engine: settling guest: %w", err)
	}
	if status == abi.StatusError {
		return fmt.Errorf("engine: settling guest: %s", c.Failure.Message)
	}
	return nil
}

// Freeze saves the instance, which must be between two calls. Where the module
// can not be saved, [Module.Report] says why, and Freeze says it again.
func (in *Instance) Freeze(boot abi.BootInfo, initialized bool) (*snapshot.Snapshot, error) {
	if why := in.module.report.SnapshotRefused; why != "" {
		return nil, fmt.Errorf("engine: saving instance: %s", why)
	}
	if in.dead {
		return nil, fmt.Errorf("engine: saving instance: it is dead")
	}
	if why := in.refuses(boot); why != "" {
		return nil, fmt.Errorf("engine: saving instance: %s", why)
	}
	content, ok := in.mod.Memory().Read(0, in.mod.Memory().Size())
	if !ok {
		return nil, fmt.Errorf("engine: saving instance: reading its memory")
	}
	image, err := memory.NewImage(content)
	if err != nil {
		return nil, fmt.Errorf("engine: saving instance: %w", err)
	}
	s := &snapshot.Snapshot{Image: image, Boot: boot, Clocks: in.clocks(), Initialized: initialized}
	for _, g := range in.globals {
		s.Globals = append(s.Globals, g.Get())
	}
	return s, nil
}

// restoreGlobals sets every mutable global to its saved value.
func (in *Instance) restoreGlobals(s *snapshot.Snapshot) {
	for i, g := range in.globals {
		g.Set(s.Globals[i])
	}
}
