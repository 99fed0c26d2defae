package runner

import (
	"bytes"
	"context"
	"time"

	"github.com/wafer-run/wafer/abi"
	"github.com/wafer-run/wafer/hostfns/logs"
)

// runCommand runs a WASI command with the event on stdin, in a sandbox of its
// own, and takes what it printed to stdout as the answer.
func (v *invocation) runCommand(ctx context.Context) (*Result, error) {
	slot, _, err := v.admit(ctx)
	if err != nil {
		return nil, err
	}
	defer v.f.pool.Put(slot)
	o := v.f.instanceOptions(slot.id)
	start := time.Now()
	out := &limitedBuffer{limit: v.f.cfg.maxPayload}
	eng, err := v.f.module.InstantiateCommand(ctx, o, bytes.NewReader(v.ev.Payload), out)
	if err != nil {
		return nil, &InvokeError{Kind: BootFailed, Function: v.f.cfg.name, RequestID: v.ev.RequestID,
			Err: err, Type: "FunctionNotStarted", Message: err.Error()}
	}
	defer eng.Close()
	in := &instance{eng: eng, id: slot.id, boot: abi.BootInfo{Handles: abi.HandlesEvent}}
	rec := eng.Recorder()
	rec.Begin(v.ev.RequestID)
	rec.Start(logs.Invoke)
	c := &in.call
	c.Kind, c.Deadline, c.Done = abi.KindInvoke, v.deadline(ctx, start), ctx.Done()
	c.PayloadLimit = v.f.cfg.maxPayload
	err = eng.RunCommand(c)
	took := time.Since(start)
	c.Overflow = out.overflow
	failure := v.failure(ctx, in, abi.StatusOK, err, took)
	v.end(rec, logs.Invoke, failure)
	res := v.result(in, true, took)
	if failure != nil {
		return res, failure
	}
	res.Payload = out.buf
	return res, nil
}

// limitedBuffer takes a command's stdout.
type limitedBuffer struct {
	buf      []byte
	limit    int
	overflow int
}

// Write never fails: a command that prints too much is told so by its result,
// not by a broken pipe that it may not look at.
func (l *limitedBuffer) Write(b []byte) (int, error) {
	if n := len(l.buf) + len(b); n > l.limit || l.overflow > 0 {
		l.overflow = max(n, l.overflow+len(b))
		return len(b), nil
	}
	l.buf = append(l.buf, b...)
	return len(b), nil
}
