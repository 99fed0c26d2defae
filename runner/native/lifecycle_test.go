package native_test

import (
	"context"
	"errors"
	"os"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/wafer-run/wafer/runner"
	"github.com/wafer-run/wafer/runner/native"
)

// both runs a test with a program of each kind that has all hooks.
func both(t *testing.T, test func(t *testing.T, r *rig, p native.Program)) {
	t.Run("go1", func(t *testing.T) {
		p := pull()
		p.Initializer, p.PreFreeze, p.PreStop = true, true, true
		test(t, newRig(t), p)
	})
	t.Run("custom", func(t *testing.T) {
		p := server()
		p.Initializer, p.PreFreeze, p.PreStop = true, true, true
		test(t, newRig(t), p)
	})
}

// kinds takes the words of a log that say what happened.
func kinds(r *rig) []string {
	var list []string
	for _, l := range r.log() {
		l, _, _ = strings.Cut(l, " RequestId: ")
		if !strings.Contains(l, "inited") {
			list = append(list, l)
		}
	}
	return list
}

func TestHooks(t *testing.T) {
	both(t, func(t *testing.T, r *rig, p native.Program) {
		f := r.load(config("HOOKS", "yes"), p)
		invoke(t, f, `{}`)
		eventually(t, "frozen", func() bool { return r.logged("FC PreFreeze End") == 1 })
		invoke(t, f, `{}`)
		eventually(t, "frozen again", func() bool { return r.logged("FC PreFreeze End") == 2 })
		if err := f.Close(context.Background()); err != nil {
			t.Fatal(err)
		}
		init, freeze, stop := "initializing 1", "freezing", "stopping"
		if p.Kind == native.Custom {
			init, freeze, stop = "initializing 1 /initialize 0", "freezing /pre-freeze", "stopping /pre-stop"
		}
		want := []string{
			"FC Initialize Start", init, "FC Initialize End", "FC Invoke Start", "FC Invoke End",
			"FC PreFreeze Start", freeze, "FC PreFreeze End", "FC Invoke Start", "FC Invoke End",
			"FC PreFreeze Start", freeze, "FC PreFreeze End", "FC PreStop Start", stop, "FC PreStop End",
		}
		if d := cmp.Diff(want, kinds(r)); d != "" {
			t.Errorf("log (-want +got):\n%s", d)
		}
	})
}

func TestInitializerIsTriedUntilItSucceeds(t *testing.T) {
	both(t, func(t *testing.T, r *rig, p native.Program) {
		f := r.load(config("HOOKS", "fail-once"), p)
		_, err := f.Invoke(context.Background(), runner.Event{Payload: []byte(`{}`)})
		var failed *runner.InvokeError
		if !errors.As(err, &failed) || failed.Kind != runner.HandlerFailed || !strings.HasPrefix(failed.Message, "not yet") {
			t.Fatalf("error %#v", err)
		}
		if r.logged("FC Invoke Start") != 0 {
			t.Error("the handler ran although the initializer failed")
		}
		invoke(t, f, `{}`)
		invoke(t, f, `{}`)
		if n := r.logged("FC Initialize Start"); n != 2 {
			t.Errorf("initialized %d times, want 2", n)
		}
		if s := f.Stats(); s.Created != 1 {
			t.Errorf("%+v", s)
		}
	})
}

func TestInitializerRunsOnceForAll(t *testing.T) {
	r := newRig(t)
	p := pull()
	p.Initializer = true
	f := r.load(config("HOOKS", "slow").WithConcurrency(8).WithMaxInstances(1), p)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			if _, err := f.Invoke(context.Background(), runner.Event{Payload: []byte(`{}`)}); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if a, b := r.logged("FC Initialize Start"), r.logged("FC Invoke Start"); a != 1 || b != 8 {
		t.Errorf("initialized %d times for %d invocations", a, b)
	}
}

func TestInitializerTimesOut(t *testing.T) {
	r := newRig(t)
	p := pull()
	p.Initializer = true
	f := r.load(config("HOOKS", "hang").WithInitializationTimeout(200*time.Millisecond), p)
	_, err := f.Invoke(context.Background(), runner.Event{Payload: []byte(`{}`)})
	var failed *runner.InvokeError
	if !errors.As(err, &failed) || failed.Kind != runner.TimedOut || !strings.HasPrefix(failed.Message, "Function timed out after 0.2 seconds") {
		t.Errorf("error %v", err)
	}
	if s := f.Stats(); s.Live != 0 {
		t.Errorf("the instance lives on: %+v", s)
	}
}

func TestMaxInvocations(t *testing.T) {
	both(t, func(t *testing.T, r *rig, p native.Program) {
		f := r.load(config("HOOKS", "yes").WithMaxInvocations(2).WithMaxInstances(1), p)
		ids := map[string]int{}
		for range 4 {
			_, res := invoke(t, f, `{}`)
			ids[res.Usage.InstanceID]++
		}
		if len(ids) != 2 {
			t.Errorf("instances and their invocations: %v", ids)
		}
		eventually(t, "both stopped", func() bool { return r.logged("FC PreStop End") == 2 })
	})
}

func TestRequestIsolation(t *testing.T) {
	r := newRig(t)
	f := r.load(config().WithIsolation(runner.IsolationRequest).WithConcurrency(5), pull())
	for range 3 {
		if out, res := invoke(t, f, `{"do":"count"}`); out != "1" || !res.Usage.ColdStart {
			t.Errorf("count %s, cold start %v", out, res.Usage.ColdStart)
		}
	}
}

func TestIdleInstancesEnd(t *testing.T) {
	both(t, func(t *testing.T, r *rig, p native.Program) {
		f := r.load(config("HOOKS", "yes").WithIdleTimeout(50*time.Millisecond), p)
		invoke(t, f, `{}`)
		eventually(t, "ended", func() bool { return f.Stats().Live == 0 })
		if r.logged("FC PreStop End") != 1 {
			t.Error("the pre-stop hook did not run")
		}
	})
}

func TestQueue(t *testing.T) {
	r := newRig(t)
	f := r.load(config().WithMaxInstances(1).WithQueue(1, time.Minute), pull())
	done := make(chan error, 2)
	for range 2 {
		go func() {
			_, err := f.Invoke(context.Background(), runner.Event{Payload: []byte(`{"do":"sleep","n":300}`)})
			done <- err
		}()
	}
	eventually(t, "one waits", func() bool { return f.Stats().Waiting == 1 })
	if _, err := f.Invoke(context.Background(), runner.Event{}); !errors.Is(err, runner.ErrThrottled) {
		t.Errorf("error %v", err)
	}
	for range 2 {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
}

// TestDeathWhileIdle checks that nobody is given an instance that has ended.
func TestDeathWhileIdle(t *testing.T) {
	both(t, func(t *testing.T, r *rig, p native.Program) {
		f := r.load(config("HOOKS", "yes").WithMaxInstances(1), p)
		for i := range 5 {
			_, res := invoke(t, f, `{}`)
			r.kill(res.Usage.InstanceID)
			eventually(t, "noticed", func() bool { return f.Stats().Destroyed == int64(i+1) })
		}
	})
}

// kill ends the process of an instance behind wafer's back.
func (r *rig) kill(instance string) {
	r.t.Helper()
	procs, err := os.ReadDir("/proc")
	if err != nil {
		r.t.Fatal(err)
	}
	for _, p := range procs {
		pid, err := strconv.Atoi(p.Name())
		if err != nil {
			continue
		}
		env, err := os.ReadFile("/proc/" + p.Name() + "/environ")
		if err != nil || !strings.Contains(string(env), "FC_INSTANCE_ID="+instance) {
			continue
		}
		// os.FindProcess would hold a descriptor of the process until it is
		// collected.
		if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
			r.t.Fatal(err)
		}
		return
	}
	r.t.Fatalf("no process of instance %s", instance)
}

// TestCancel checks what a client that leaves brings about: FC restarts the
// instance.
func TestCancel(t *testing.T) {
	both(t, func(t *testing.T, r *rig, p native.Program) {
		p.Initializer, p.PreFreeze, p.PreStop = false, false, false
		f := r.load(config(), p)
		_, first := invoke(t, f, `{}`)
		for cause, says := range map[error]string{nil: " by client (duration: ", errors.New("closing"): ": closing (duration: "} {
			ctx, cancel := context.WithCancelCause(context.Background())
			started := r.logged("FC Invoke Start")
			go func() {
				for r.logged("FC Invoke Start") == started {
					time.Sleep(time.Millisecond)
				}
				cancel(cause)
			}()
			res, err := f.Invoke(ctx, runner.Event{Payload: []byte(`{"do":"hang"}`), WithLog: true})
			var failed *runner.InvokeError
			if !errors.As(err, &failed) || failed.Kind != runner.Canceled || !errors.Is(err, context.Canceled) ||
				!strings.HasPrefix(failed.Message, "Invocation canceled"+says) {
				t.Fatalf("error %#v", err)
			}
			if !strings.Contains(string(res.Log), "FC Invoke End RequestId: "+res.RequestID+", Error: "+failed.Message) {
				t.Errorf("log:\n%s", res.Log)
			}
		}
		if _, next := invoke(t, f, `{}`); next.Usage.InstanceID == first.Usage.InstanceID {
			t.Error("the instance was not restarted")
		}
	})
}

// TestCloseWithinContext closes while an invocation and a hook hang.
func TestCloseWithinContext(t *testing.T) {
	r := newRig(t)
	p := pull()
	p.PreStop = true
	f := r.load(config("HOOKS", "slow-stop").WithHookTimeouts(time.Minute, time.Minute).WithTimeout(time.Minute), p)
	failed := make(chan error, 1)
	go func() {
		_, err := f.Invoke(context.Background(), runner.Event{Payload: []byte(`{"do":"hang"}`)})
		failed <- err
	}()
	eventually(t, "one hangs", func() bool { return r.logged("FC Invoke Start") == 1 })
	invoke(t, f, `{}`)
	ctx, cancel := context.WithTimeout(context.Background(), 200*time.Millisecond)
	defer cancel()
	if err := f.Close(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("closing: %v", err)
	}
	var e *runner.InvokeError
	if err := <-failed; !errors.As(err, &e) || e.Kind != runner.Exited {
		t.Errorf("the invocation: %v", err)
	}
	if s := f.Stats(); s.Live != 0 {
		t.Errorf("%+v", s)
	}
	if _, err := f.Invoke(context.Background(), runner.Event{}); !errors.Is(err, runner.ErrClosed) {
		t.Errorf("after closing: %v", err)
	}
}

// TestCloseWhileStarting closes while an instance starts that never will.
func TestCloseWhileStarting(t *testing.T) {
	both(t, func(t *testing.T, r *rig, p native.Program) {
		f := r.load(config("START", "mute"), p)
		failed := make(chan error, 1)
		go func() {
			_, err := f.Invoke(context.Background(), runner.Event{})
			failed <- err
		}()
		eventually(t, "starting", func() bool { return f.Stats().Live == 1 })
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		if err := f.Close(ctx); !errors.Is(err, context.Canceled) {
			t.Errorf("closing: %v", err)
		}
		if err := <-failed; !errors.Is(err, runner.ErrClosed) {
			t.Errorf("the invocation: %v", err)
		}
	})
}

// TestTreeEnds checks that children end with their instance.
func TestTreeEnds(t *testing.T) {
	r := newRig(t)
	f := r.load(config(), pull())
	invoke(t, f, `{"do":"child"}`)
	if err := f.Close(context.Background()); err != nil {
		t.Fatal(err)
	}
}

// TestLoadErrors checks that a bad configuration is reported as a whole.
func TestLoadErrors(t *testing.T) {
	r := newRig(t)
	_, err := r.Load(context.Background(), config().WithMemory(1), native.Program{
		Kind: 7, Form: 9, Dir: "/nonexistent", Port: -1, StartTimeout: -1, Require: []string{"luck"},
		HealthCheck: &native.HealthCheck{Path: "ready", Period: time.Hour, SuccessThreshold: -1},
	})
	var load *runner.LoadError
	if !errors.As(err, &load) || load.Function != "f" {
		t.Fatalf("error %v", err)
	}
	for _, part := range []string{
		"memory is 1", "the kind is 7", "requests is 9", "/nonexistent: no such file", "the port is -1", "start timeout is -1ns",
		`mechanism "luck" is not known`, `the path of the health check is "ready"`, "the period of the health check is 1h0m0s", "success threshold of the health check is -1",
	} {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("%q is not in: %v", part, err)
		}
	}
	if err := r.Close(context.Background()); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Load(context.Background(), config(), pull()); !errors.Is(err, runner.ErrClosed) {
		t.Errorf("after closing: %v", err)
	}
}
