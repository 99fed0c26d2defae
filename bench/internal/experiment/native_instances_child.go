package experiment

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime/debug"
	"time"

	"github.com/wafer-run/wafer/bench/internal/proc"
	"github.com/wafer-run/wafer/runner"
	"github.com/wafer-run/wafer/runner/native"
)

// NativeInstances is a child that holds many instances of one native program,
// each a process tree of its own: the counterpart of [Instances].
type NativeInstances struct {
	runtime *native.Runtime
	program native.Program
	held    *native.Function // whose instances stay
	gate    gate
}

// NativeArgs says what the instances are made from.
type NativeArgs struct {
	Program string // file
	Max     int    // instances at most
}

// NativeMemory is what the child and its instances hold.
type NativeMemory struct {
	Own  proc.Memory // of the child, which runs wafer's part
	Tree proc.Tree   // of the child and all its instances
}

// Open loads the program, has one instance come and go, and returns the memory
// it takes without any.
func (c *NativeInstances) Open(args NativeArgs, reply *NativeMemory) (err error) {
	if c.runtime, err = native.New(native.Config{LogSink: c.gate.sink}); err != nil {
		return err
	}
	c.program = native.Program{Dir: filepath.Dir(args.Program), Command: []string{"./" + filepath.Base(args.Program)}}
	cfg := runner.NewFunctionConfig(heldName).WithMaxInstances(args.Max).WithIdleTimeout(time.Hour)
	if c.held, err = c.runtime.Load(context.Background(), cfg, c.program); err != nil {
		return err
	}
	var took []time.Duration
	if err := c.New(1, &took); err != nil {
		return err
	}
	return c.Memory(struct{}{}, reply)
}

// Answer has n different instances answer, see [Instances.Answer].
func (c *NativeInstances) Answer(n int, reply *Answers) error {
	return c.gate.answer(c.held, n, reply)
}

// Memory collects garbage and returns what is left.
func (c *NativeInstances) Memory(_ struct{}, reply *NativeMemory) (err error) {
	debug.FreeOSMemory()
	debug.FreeOSMemory() // what finalizers have let go of
	if reply.Own, err = proc.ReadMemory(); err != nil {
		return err
	}
	reply.Tree, err = proc.ReadTree(os.Getpid())
	return err
}

// New returns how long each of n new instances takes, from the start of its
// process to the end of its first invocation, while the others are there. How
// it ends takes no part.
func (c *NativeInstances) New(n int, reply *[]time.Duration) error {
	*reply = nil
	for range n {
		took, err := c.startOne(context.Background())
		if err != nil {
			return err
		}
		*reply = append(*reply, took)
	}
	return nil
}

func (c *NativeInstances) startOne(ctx context.Context) (took time.Duration, err error) {
	f, err := c.runtime.Load(ctx, runner.NewFunctionConfig("fresh"), c.program) // starts nothing yet
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, f.Close(ctx)) }()
	start := time.Now()
	res, err := hello(ctx, f)
	if err != nil {
		return 0, err
	}
	took = time.Since(start)
	if !res.Usage.ColdStart {
		return 0, errors.New("experiment: the instance was not new")
	}
	return took, nil
}

// Warm returns how long each of n invocations of the held instances takes. At
// least one of them must be there.
func (c *NativeInstances) Warm(n int, reply *[]time.Duration) error {
	return c.gate.warm(c.held, n, reply)
}

// Close ends all instances.
func (c *NativeInstances) Close(struct{}, *struct{}) error {
	return c.runtime.Close(context.Background())
}
