package runner_test

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/wafer-run/wafer/runner"
	"github.com/wafer-run/wafer/runner/runnertest"
)

// TestNoSecretsUnderPressure has functions of every kind take turns under a
// budget that has room for none of them, so that memories go from one to the
// other all the time. None may find in its memory what another one has kept, nor
// what is its own from before a reset or an eviction.
func TestNoSecretsUnderPressure(t *testing.T) {
	rounds := 8
	if testing.Short() {
		rounds = 4
	}
	r := runnertest.NewWithConfig(t, runner.NewConfig().WithCacheDir(runnertest.CacheDir(t)).WithMemoryBudget(1))
	base := runner.NewFunctionConfig("f").WithMemory(32).WithMaxInstances(2).WithTimeout(300 * time.Millisecond)
	var fs []*runner.Function
	for i, cfg := range []runner.FunctionConfig{
		base,
		base.WithIsolation(runner.IsolationRequest),
		base.WithSnapshot(runner.SnapshotOff),
		base.WithIsolation(runner.IsolationRequest).WithEnv(map[string]string{"A": "another snapshot"}).WithRestTime(time.Millisecond),
		base.WithMemory(64).WithSpares(1),
	} {
		fs = append(fs, runnertest.Load(t, r, cfg.WithTenant(fmt.Sprint(i)), chaos(t)))
	}
	for round := range rounds {
		for i, f := range fs {
			secret := fmt.Sprintf("tr0ub4dor&%d-%d-the-secret", i, round)
			ways := [][]runner.Event{
				{do("secret", 0, secret)},
				{do("secret", 0, strings.Repeat(secret, 20_000))},
				{do("alloc", 5, secret), do("secret", 0, secret)},
				{do("secret", 0, secret), do("spin", 0, secret)},
			}
			for _, ev := range ways[(round+i)%len(ways)] {
				_, _ = f.Invoke(context.Background(), ev)
			}
			next := fs[(i+1+round)%len(fs)]
			for _, f := range []*runner.Function{next, f} {
				mem, err := runner.NextMemory(f)
				if err != nil {
					t.Fatal(err)
				}
				if at := bytes.Index(mem, []byte("tr0ub4dor&")); at >= 0 {
					t.Fatalf("round %d, function %d: %q is at %#x of %d bytes", round, i, mem[at:at+30], at, len(mem))
				}
			}
		}
	}
	for i, f := range fs {
		if s := f.Stats(); s.Evicted == 0 && s.Dropped == 0 || s.Created < int64(rounds) {
			t.Errorf("function %d was not under pressure: %+v", i, s)
		}
	}
}

// TestNoServerSecrets looks for what one request told a server in the memory
// that the next one begins with.
func TestNoServerSecrets(t *testing.T) {
	const secret = "tr0ub4dor&3-the-secret"
	r := runnertest.New(t)
	send := func(f *runner.Function, uri string, body []byte) {
		req := &runner.HTTPRequest{
			Method: "POST", URI: uri, Host: secret + ".example.com", Protocol: "HTTP/1.1",
			Headers: []runner.Header{{Key: "Authorization", Value: "Bearer " + secret}, {Key: "Cookie", Value: "c=" + secret}},
			Event: runner.Event{
				Payload: body, RequestID: secret, Deadline: time.Now().Add(500 * time.Millisecond),
				Credentials: runner.Credentials{AccessKeyID: secret, AccessKeySecret: secret, SecurityToken: secret},
			},
		}
		_, _ = f.InvokeHTTP(t.Context(), req, &written{})
	}
	find := func(f *runner.Function) int {
		mem, err := runner.NextMemory(f)
		if err != nil {
			t.Fatal(err)
		}
		return bytes.Index(mem, []byte(secret))
	}
	for _, rest := range []time.Duration{0, time.Millisecond} {
		cfg := serverConfig().WithIsolation(runner.IsolationRequest).WithRestTime(rest)
		f := runnertest.Load(t, r, cfg, server(t))
		for round := range 2 {
			for name, do := range map[string]func(){
				"small":   func() { send(f, "/echo?q="+secret, []byte(secret)) },
				"large":   func() { send(f, "/echo", bytes.Repeat([]byte(secret), 100_000)) },
				"event":   func() { _, _ = f.Invoke(t.Context(), runner.Event{Payload: []byte(secret), RequestID: secret}) },
				"panic":   func() { send(f, "/panic?q="+secret, []byte(secret)) },
				"exit":    func() { send(f, "/exit?q="+secret, []byte(secret)) },
				"timeout": func() { send(f, "/sleep?for=1h&q="+secret, []byte(secret)) },
				"killed":  func() { send(f, "/spin?q="+secret, []byte(secret)) },
			} {
				do()
				if rest > 0 {
					rested(t, f)
				}
				if at := find(f); at >= 0 {
					t.Errorf("rest %v, round %d, %s: the secret is at %#x", rest, round, name, at)
				}
				if got := mustGet(t, f, "/count"); got != "1" {
					t.Errorf("rest %v, round %d, %s: request %s of its instance", rest, round, name, got)
				}
			}
		}
	}
	// It would be found where it is allowed to stay.
	f := runnertest.Load(t, r, serverConfig(), server(t))
	send(f, "/echo?q="+secret, []byte(secret))
	if find(f) < 0 {
		t.Error("a server that lives on has forgotten its request at once: the test cannot see it")
	}
}
