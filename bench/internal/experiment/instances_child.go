package experiment

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"strings"
	"time"

	"github.com/wafer-run/wafer/bench/internal/proc"
	"github.com/wafer-run/wafer/bench/internal/sample"
	"github.com/wafer-run/wafer/hostfns/logs"
	"github.com/wafer-run/wafer/runner"
)

// Instances is a child that holds many instances of one function.
type Instances struct {
	runner *runner.Runner
	held   *runner.Function // whose instances stay
	fresh  *runner.Function // the same; whose instances last for one invocation
	gate   gate
	rest   time.Duration

	open   OpenArgs
	narrow *runner.Runner // drops code with its last instance
	cold   *runner.Function
}

// OpenArgs says what the instances are made from.
type OpenArgs struct {
	Wasm, Cache string
	Max         int           // instances at most
	Touch       int64         // bytes of memory to use and give back before anything else
	Rest        time.Duration // after which instances rest, 0 for never
}

const heldName = "held"

// Open loads the function, makes a first instance and returns the memory it
// takes without more of them.
func (c *Instances) Open(args OpenArgs, reply *proc.Memory) error {
	ctx := context.Background()
	c.rest, c.open = args.Rest, args
	if args.Touch > 0 {
		if err := proc.Touch(args.Touch); err != nil {
			return err
		}
	}
	wasm, err := os.ReadFile(args.Wasm)
	if err != nil {
		return err
	}
	cfg := runner.NewConfig().WithCacheDir(args.Cache).WithLogSink(c.gate.sink)
	if c.runner, err = runner.New(ctx, cfg); err != nil {
		return err
	}
	fn := runner.NewFunctionConfig(heldName).WithMaxInstances(args.Max).WithIdleTimeout(time.Hour).WithRestTime(args.Rest)
	if c.held, err = c.runner.Load(ctx, fn, wasm); err != nil {
		return err
	}
	fn = runner.NewFunctionConfig("fresh").WithMaxInvocations(1)
	if c.fresh, err = c.runner.Load(ctx, fn, wasm); err != nil {
		return err
	}
	for range 20 {
		if err := newInstance(ctx, c.fresh, new(sample.Series)); err != nil {
			return err
		}
	}
	return c.Memory(struct{}{}, reply)
}

// Rest waits until all instances rest that are to.
func (c *Instances) Rest(struct{}, *struct{}) error {
	for s := c.held.Stats(); c.rest > 0 && s.Resting < s.Live; s = c.held.Stats() {
		time.Sleep(10 * time.Millisecond)
	}
	return nil
}

// Memory collects garbage and returns what is left.
func (c *Instances) Memory(_ struct{}, reply *proc.Memory) (err error) {
	debug.FreeOSMemory()
	debug.FreeOSMemory() // what finalizers have let go of
	*reply, err = proc.ReadMemory()
	return err
}

// Settle makes instances until the garbage collector has run twice. Each leaves
// some 40 KiB of garbage; without this, after [Instances.Memory] has given all
// free memory back, what is measured next is the page faults for getting it
// again, until the heap has been used once.
func (c *Instances) Settle(struct{}, *struct{}) error {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	for end := m.NumGC + 2; m.NumGC < end; runtime.ReadMemStats(&m) {
		for range 50 {
			if err := newInstance(context.Background(), c.fresh, new(sample.Series)); err != nil {
				return err
			}
		}
	}
	return nil
}

// New returns how long each of n new instances takes, with its first
// invocation, while the others are there.
func (c *Instances) New(n int, reply *[]time.Duration) error {
	*reply = nil
	for range n {
		var s sample.Series
		if err := newInstance(context.Background(), c.fresh, &s); err != nil {
			return err
		}
		*reply = append(*reply, time.Duration(s.Median()*1e9))
	}
	return nil
}

// Cold returns how long each of n invocations takes whose code is not in memory.
func (c *Instances) Cold(n int, reply *[]time.Duration) error {
	ctx := context.Background()
	if c.cold == nil {
		wasm, err := os.ReadFile(c.open.Wasm)
		if err != nil {
			return err
		}
		if c.narrow, err = runner.New(ctx, runner.NewConfig().WithCacheDir(c.open.Cache).WithCodeBudget(-1)); err != nil {
			return err
		}
		if c.cold, err = c.narrow.Load(ctx, runner.NewFunctionConfig("cold").WithMaxInvocations(1), wasm); err != nil {
			return err
		}
	}
	*reply = nil
	for range n {
		loads := c.narrow.Stats().CodeLoads
		var s sample.Series
		if err := newInstance(ctx, c.cold, &s); err != nil {
			return err
		}
		if c.narrow.Stats().CodeLoads == loads {
			return errors.New("experiment: the code was in memory")
		}
		*reply = append(*reply, time.Duration(s.Median()*1e9))
	}
	return nil
}

// Warm returns how long each of n invocations of the held instances takes. At
// least one of them must be there.
func (c *Instances) Warm(n int, reply *[]time.Duration) error {
	return c.gate.warm(c.held, n, reply)
}

// warm times n invocations of instances that are there.
func (g *gate) warm(held invoker, n int, reply *[]time.Duration) error {
	g.arrived = nil // nobody stops at the end of the log
	*reply = nil
	for range n {
		start := time.Now()
		res, err := hello(context.Background(), held)
		if err != nil {
			return err
		}
		if res.Usage.ColdStart {
			return errors.New("experiment: the instance was new")
		}
		*reply = append(*reply, time.Since(start))
	}
	return nil
}

// Answers says what it took to have instances answer.
type Answers struct {
	Made   int     // of them new
	Median float64 // seconds until the end of an invocation
}

// Answer has n different instances answer, making those that are missing, and
// returns how many it made and how long each took. They stay, idle.
//
// An instance can only be had for as long as an invocation lasts. So that n of
// them are in use at once, every invocation is stopped where the end of its
// log is written.
func (c *Instances) Answer(n int, reply *Answers) error {
	return c.gate.answer(c.held, n, reply)
}

// answer has n different instances of a function answer. See [Instances.Answer].
func (g *gate) answer(held invoker, n int, reply *Answers) error {
	g.close()
	type outcome struct {
		res *runner.Result
		err error
	}
	outcomes := make(chan outcome, n)
	var err error
	started := 0
	var took sample.Series
	for ; started < n && err == nil; started++ {
		begin := time.Now()
		go func() {
			res, err := hello(context.Background(), held)
			outcomes <- outcome{res, err}
		}()
		select {
		case <-g.arrived:
			took.Add(time.Since(begin))
		case o := <-outcomes:
			err = fmt.Errorf("experiment: invocation %d of %d at once: %w", started+1, n, o.err)
		}
	}
	g.open()
	if err != nil {
		return err
	}
	seen := map[string]bool{}
	*reply = Answers{Median: took.Median()}
	for range started {
		o := <-outcomes
		if o.err != nil {
			return o.err
		}
		seen[o.res.Usage.InstanceID] = true
		if o.res.Usage.ColdStart {
			reply.Made++
		}
	}
	if len(seen) != n {
		return fmt.Errorf("experiment: %d invocations at once had %d instances", n, len(seen))
	}
	return nil
}

// gate stops invocations of the held function at their end.
type gate struct {
	arrived chan struct{}
	pass    chan struct{}
}

func (g *gate) close() { g.arrived, g.pass = make(chan struct{}), make(chan struct{}) }
func (g *gate) open()  { close(g.pass) }

// sink is the runner's log sink.
func (g *gate) sink(line logs.Line) {
	if g.arrived == nil || line.Function != heldName || line.Stream != logs.Host || !bytes.HasPrefix(line.Text, []byte(endOfLog)) {
		return
	}
	if strings.Contains(string(line.Text), ", Error: ") {
		return // its caller will hear
	}
	g.arrived <- struct{}{}
	<-g.pass
}

const endOfLog = "FC Invoke End RequestId: "
