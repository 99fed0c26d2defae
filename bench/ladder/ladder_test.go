package ladder_test

import (
	"bytes"
	"context"
	"fmt"
	"testing"

	"github.com/wafer-run/wafer/bench/ladder"
	"github.com/wafer-run/wafer/runner"
	"github.com/wafer-run/wafer/runner/runnertest"
)

func hello(ctx context.Context, f *runner.Function) error {
	res, err := f.Invoke(ctx, runner.Event{Payload: []byte(`{"key":"value"}`)})
	if err == nil && !bytes.Equal(res.Payload, []byte(`"hello, value!"`)) {
		err = fmt.Errorf("the answer is %q", res.Payload)
	}
	return err
}

// Every temperature is measured, and what is colder takes longer, by far.
func TestMeasure(t *testing.T) {
	if testing.Short() {
		t.Skip("compiles")
	}
	steps, err := ladder.Measure(t.Context(), ladder.Options{
		Wasm: runnertest.Build(t, "../testdata/hello"), Config: runner.NewFunctionConfig("hello"), Dir: t.TempDir(), Rounds: 2, Call: hello,
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(steps) != len(ladder.Temperatures()) {
		t.Fatalf("%d steps", len(steps))
	}
	for i, want := range ladder.Temperatures() {
		s := steps[i]
		if s.Temperature != want || s.Latency.Count() == 0 || int64(len(s.Times)) != s.Latency.Count() {
			t.Errorf("step %d is %s with %d calls, %s", i, s.Temperature, s.Latency.Count(), s.Note)
		}
	}
	// Between these there are factors of ten and more.
	deploy, instance, warm := steps[0].Latency.Quantile(0.5), steps[3].Latency.Quantile(0.5), steps[5].Latency.Quantile(0.5)
	if deploy < instance || instance < warm {
		t.Errorf("deploy %v, new instance %v, warm %v", deploy, instance, warm)
	}
}

func TestMeasureSaysWhatFails(t *testing.T) {
	_, err := ladder.Measure(t.Context(), ladder.Options{Wasm: []byte("no module"), Config: runner.NewFunctionConfig("x"), Dir: t.TempDir()})
	if err == nil || !bytes.HasPrefix([]byte(err.Error()), []byte("measuring deploy: ")) {
		t.Errorf("error %v", err)
	}
}

// A step whose time is up has been taken three times.
func TestStepTime(t *testing.T) {
	if testing.Short() {
		t.Skip("compiles")
	}
	steps, err := ladder.Measure(t.Context(), ladder.Options{
		Wasm: runnertest.Build(t, "../testdata/hello"), Config: runner.NewFunctionConfig("hello"), Dir: t.TempDir(), Rounds: 6, Call: hello, StepTime: 1,
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range steps {
		want := int64(3)
		if s.Temperature == ladder.Deploy {
			want = 1 // of six rounds
		}
		if s.Latency.Count() != want {
			t.Errorf("%s was taken %d times, want %d; %s", s.Temperature, s.Latency.Count(), want, s.Note)
		}
	}
}
