// Package rewrite prepares a guest's module for running, by changing the
// binary only, so that any engine runs the result.
//
// [Rewrite] does everything at once. The passes are also functions of their own, to be
// used one by one on a parsed module.
package rewrite

import (
	"fmt"
	"time"

	"github.com/wafer-run/wafer/runner/internal/wasm"
)

// Options say what Rewrite does. The zero value does everything and grants every
// function import.
type Options struct {
	// Allowed grants imports, see [Check].
	Allowed Allowed
	// Skip is the set of passes to leave out.
	Skip Pass
}

// Result is a rewritten module.
type Result struct {
	Wasm     []byte
	Module   *wasm.Module // what Wasm encodes; aliases the input
	Segments []Segment    // initial memory, in the order it is written; aliases the input
	Globals  []Global     // all mutable globals that a host can save and set
	Report   Report
}

// Rewrite runs the passes over a binary. The result is the same for the same
// input.
//
// # Errors
//
// A [*wasm.FormatError] when the binary is malformed or uses a proposal that is not
// supported, and a [*ModuleError] when it is refused for what it does.
//
// # Concurrency
//
// Safe for concurrent use.
func Rewrite(bin []byte, opts Options) (*Result, error) {
	j := job{opts: opts, start: time.Now()}
	j.report().SizeBefore = len(bin)
	if err := j.run(bin); err != nil {
		return nil, fmt.Errorf("rewrite: preparing module: %w", err)
	}
	return &j.result, nil
}

type job struct {
	opts   Options
	result Result
	start  time.Time
	plan   *plan
}

func (j *job) report() *Report { return &j.result.Report }

// lap records the time since the last step.
func (j *job) lap(step string) {
	now := time.Now()
	j.report().Durations = append(j.report().Durations, Duration{step, now.Sub(j.start)})
	j.start = now
}

func (j *job) run(bin []byte) error {
	m, err := wasm.Parse(bin)
	if err != nil {
		return err
	}
	j.result.Module = m
	j.lap("parse")
	if !j.skip(PassCheck) {
		if err := Check(m, j.opts.Allowed); err != nil {
			return err
		}
	}
	if j.plan, err = newPlan(m); err != nil {
		return err
	}
	j.describe(m)
	j.lap("survey")
	if err := j.code(m); err != nil {
		return err
	}
	if !j.skip(PassCheck) {
		if err := Bound(m); err != nil { // what is left of its tables
			return err
		}
	}
	j.lap("code")
	if err := j.state(m); err != nil {
		return err
	}
	if !j.skip(PassCustom) {
		j.report().CustomBytes = DropCustom(m)
	}
	j.lap("state")
	j.result.Wasm = m.Encode()
	j.report().SizeAfter = len(j.result.Wasm)
	j.lap("encode")
	return nil
}

func (j *job) skip(p Pass) bool { return j.opts.Skip&p != 0 }

// code meters and lifts in one walk.
func (j *job) code(m *wasm.Module) error {
	if !j.skip(PassMeter) {
		j.plan.addMeter(m)
	}
	if !j.skip(PassLift) {
		j.report().TableKept = j.plan.addLift(m)
	}
	if err := j.plan.apply(m); err != nil {
		return err
	}
	if j.plan.meter != nil {
		j.report().Ticks = j.plan.meter.ticks
	}
	if j.plan.lift != nil {
		j.report().Dispatchers = j.plan.lift.functions
	}
	j.report().FunctionsAfter = len(m.Functions)
	return nil
}

// state takes out what a host sets up itself.
func (j *job) state(m *wasm.Module) (err error) {
	r := j.report()
	if !j.skip(PassHoist) {
		if j.result.Segments, r.DataKept, err = hoist(m, j.plan.survey.dataOps); err != nil {
			return err
		}
		for _, s := range j.result.Segments {
			r.Segments++
			r.SegmentBytes += len(s.Data)
		}
		r.Start = HoistStart(m)
	}
	if !j.skip(PassGlobals) {
		j.result.Globals, r.SnapshotRefused = ExportGlobals(m)
	}
	if op := j.plan.survey.stateOp; op != 0 && r.SnapshotRefused == "" {
		r.SnapshotRefused = "a function uses " + stateOpName(op)
	}
	return nil
}

// describe notes what the module is before it changes.
func (j *job) describe(m *wasm.Module) {
	r := j.report()
	r.Functions = len(m.Functions)
	r.Loops, r.IndirectCalls = len(j.plan.survey.loops), j.plan.survey.indirect
	for i := range m.Tables {
		r.TableEntries += int(m.Tables[i].Min)
	}
	for i := range m.Imports {
		r.Imports = append(r.Imports, m.Imports[i].Module+"."+m.Imports[i].Name)
	}
	for i := range m.Exports {
		r.Exports = append(r.Exports, m.Exports[i].Name)
	}
	if len(m.Memories) > 0 {
		r.MemoryMin, r.MemoryMax = m.Memories[0].Min, wasm.MaxMemoryPages
		if m.Memories[0].HasMax {
			r.MemoryMax = m.Memories[0].Max
		}
	}
}
