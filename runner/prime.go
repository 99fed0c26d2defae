package runner

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/wafer-run/wafer/abi"
	"github.com/wafer-run/wafer/hostfns/logs"
	"github.com/wafer-run/wafer/runner/internal/engine"
	"github.com/wafer-run/wafer/runner/internal/snapshot"
	"github.com/wafer-run/wafer/runner/internal/trigger"
)

// prime gets a function ready: with a snapshot from the store, or of an
// instance booted for it, or, where there can be none, with a first instance
// in the pool. A guest that does not come up is found here.
func (f *Function) prime(ctx context.Context) error {
	if f.module.Style() == engine.Command {
		f.noSnapshot = "a command starts anew for every event"
		return nil
	}
	switch why := f.module.Report().SnapshotRefused; {
	case f.cfg.snapshot == SnapshotOff:
		f.noSnapshot = "switched off"
	case why != "":
		f.noSnapshot = why
	default:
		if err := f.takeSnapshot(ctx); err != nil {
			return err
		}
	}
	if f.snap != nil {
		f.boot = f.snap.Boot
		return nil
	}
	f.note("instances boot anew: " + f.noSnapshot)
	in, _, err := f.pool.Get(ctx)
	if err != nil {
		return err
	}
	f.boot = in.boot
	f.pool.Put(in)
	return nil
}

// takeSnapshot finds or makes the snapshot. Where there can be none after the
// warm-up events it is one without them. That there can be none at all is no
// error; both are noted, in f.noWarmup and f.noSnapshot.
func (f *Function) takeSnapshot(ctx context.Context) error {
	err := f.findSnapshot(ctx, f.cfg.warmup)
	var refused *snapshotRefused
	if errors.As(err, &refused) && len(f.cfg.warmup) > 0 {
		f.noWarmup = refused.Error()
		f.note("the snapshot does without the warm-up events: " + f.noWarmup)
		err = f.findSnapshot(ctx, nil)
	}
	if errors.As(err, &refused) {
		f.noSnapshot = refused.Error()
		return nil
	}
	return err
}

// findSnapshot takes the snapshot after the warm-up events from the store, or
// makes it.
//
// # Errors
//
// A [*snapshotRefused], or why the guest does not come up.
func (f *Function) findSnapshot(ctx context.Context, warmup [][]byte) error {
	key := f.snapshotKey(warmup)
	limit := uint64(f.cfg.memory) << 20
	s, err := f.runner.snapshots.Load(key, f.module.Globals(), limit)
	if err != nil {
		f.note("the saved snapshot is not used: " + err.Error())
	}
	if s != nil {
		f.snap, f.snapKey, f.snapStored = s, key, true
		return nil
	}
	if s, err = f.makeSnapshot(ctx, warmup); err != nil {
		return err
	}
	f.snapKey = key
	if f.snap, err = f.runner.snapshots.Save(key, s); err != nil {
		f.note("the snapshot is not kept for the next start: " + err.Error())
	}
	return nil
}

// snapshotKey names all that the state of an instance depends on that has booted
// and got the warm-up events.
func (f *Function) snapshotKey(warmup [][]byte) snapshot.Key {
	parts := []string{
		Version, f.module.Hash().String(), f.module.Digest().String(), f.cfg.handler, f.cfg.snapshot.String(),
		fmt.Sprint(f.cfg.memory), strings.Join(f.env, "\x00"),
		string(f.prefix), // warm-up events see the context
		fmt.Sprint(f.cfg.server),
	}
	for _, ev := range warmup {
		parts = append(parts, string(ev))
	}
	return snapshot.NewKey(parts...)
}

// snapshotRefused says why an instance was booted but not saved.
type snapshotRefused struct{ reason string }

func (e *snapshotRefused) Error() string { return e.reason }

// makeSnapshot boots an instance, runs the initializer and the warm-up events
// if asked to, and saves it. Its errors are those of findSnapshot.
func (f *Function) makeSnapshot(ctx context.Context, warmup [][]byte) (*snapshot.Snapshot, error) {
	in, err := f.bootInstance(ctx)
	if err != nil {
		return nil, err
	}
	defer in.eng.Close()
	initialized := false
	if f.cfg.snapshot == SnapshotInit || len(warmup) > 0 {
		if failure := f.warm(ctx, in, warmup); failure != nil {
			return nil, &snapshotRefused{failure.Error()}
		}
		initialized = in.initialized
	}
	if err := in.settleServer(time.Now().Add(f.cfg.initTimeout)); err != nil {
		return nil, &snapshotRefused{err.Error()}
	}
	if err := in.eng.Settle(time.Now().Add(f.cfg.initTimeout)); err != nil {
		return nil, &snapshotRefused{err.Error()}
	}
	s, err := in.eng.Freeze(in.boot, initialized)
	if err != nil {
		return nil, &snapshotRefused{err.Error()}
	}
	return s, nil
}

// warm runs the initializer and then the warm-up events.
func (f *Function) warm(ctx context.Context, in *instance, warmup [][]byte) error {
	v := invocation{f: f, ev: Event{RequestID: NewRequestID()}, kind: abi.KindInvoke}
	in.eng.Recorder().Begin(v.ev.RequestID)
	if failure := v.initialize(ctx, in); failure != nil {
		return fmt.Errorf("the initializer failed: %s", failure.Message)
	}
	for i, payload := range warmup {
		if failure := f.warmUp(ctx, in, payload); failure != nil {
			return fmt.Errorf("warm-up event %d failed: %s", i+1, failure.Message)
		}
	}
	return nil
}

// warmUp calls the handler with one warm-up event: as an HTTP request where the
// handler takes these.
func (f *Function) warmUp(ctx context.Context, in *instance, payload []byte) (failure *InvokeError) {
	v := invocation{f: f, ev: Event{RequestID: NewRequestID(), Payload: payload}, kind: abi.KindInvoke}
	in.eng.Recorder().Begin(v.ev.RequestID)
	if in.serving != nil {
		return v.warmServer(ctx, in)
	}
	if in.boot.Handles&abi.HandlesHTTP != 0 {
		v.kind, v.http, v.sink = abi.KindHTTP, v.warmRequest(), &httpSink{w: nowhere{}}
		v.ev.Payload = v.http.Payload
	}
	failure, _ = v.call(ctx, in)
	return failure
}

// warmRequest returns the request that the event describes in the form of FC's
// HTTP trigger, or else posts the event to /.
func (v *invocation) warmRequest() *HTTPRequest {
	q, ok := trigger.ParseEvent(v.ev.Payload)
	if !ok {
		q = trigger.Request{Method: http.MethodPost, URI: "/", Path: "/", Protocol: "HTTP/1.1", Body: v.ev.Payload}
	}
	return &HTTPRequest{
		Event:  Event{Payload: q.Body, RequestID: v.ev.RequestID},
		Method: q.Method, URI: q.URI, Path: q.Path, Protocol: q.Protocol, Headers: q.Headers,
		Host: cmp.Or(q.Host, "localhost"), ClientIP: cmp.Or(q.ClientIP, "127.0.0.1"),
	}
}

// nowhere is an [HTTPWriter] for answers that nobody reads.
type nowhere struct{}

func (nowhere) WriteHead(int, []Header, int64) error { return nil }
func (nowhere) Write(b []byte) (int, error)          { return len(b), nil }

// note writes a line of wafer's own into the function's log.
func (f *Function) note(text string) {
	logs.NewFrom(f.cfg.LogSource(""), f.runner.cfg.logSink).Host("wafer: function " + f.cfg.name + ": " + text)
}
