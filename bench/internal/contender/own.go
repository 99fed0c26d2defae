package contender

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"net"
	"os"
	"time"

	"github.com/valyala/fasthttp"

	"github.com/wafer-run/wafer/bench/internal/plain"
	"github.com/wafer-run/wafer/bench/internal/workload"
)

// Flag is the first argument of a program that is to be one of the contenders
// which are made of the benchmark itself. The others are for [Serve].
const Flag = "-contender"

// wazeroFresh is plain wazero with an instance for every request.
func wazeroFresh() *Contender {
	return &Contender{
		Name: "wazero-fresh", Label: "plain wazero, fresh", About: "wazero as it comes: compiled once, an instance for every request",
		suits: eventsOnly, start: own("fresh"),
	}
}

// wazeroPooled is plain wazero whose instances are used again.
func wazeroPooled() *Contender {
	return &Contender{
		Name: "wazero-pooled", Label: "plain wazero, pooled", About: "wazero as it comes: compiled once, instances are used again, nothing can be stopped",
		suits: eventsOnly, start: own("pooled"),
	}
}

// ceiling answers without a handler.
func ceiling() *Contender {
	return &Contender{
		Name: "fasthttp", Label: "fasthttp, no handler", About: "raw fasthttp that answers by itself: what no front can do better",
		suits: named("hello", "echo"),
		start: func(ctx context.Context, shop *Workshop, w *workload.Workload) (*Endpoint, error) {
			return own(w.Name)(ctx, shop, w)
		},
	}
}

// Slowed is raw fasthttp that waits before it answers, to see whether that is
// found.
func Slowed(name string, delay time.Duration) *Contender {
	return &Contender{
		Name: name, Label: name, About: fmt.Sprintf("raw fasthttp that waits %v before it answers", delay),
		start: func(ctx context.Context, shop *Workshop, w *workload.Workload) (*Endpoint, error) {
			return own("hello", "-delay", delay.String())(ctx, shop, w)
		},
	}
}

// own starts this program again, as a contender.
func own(what string, flags ...string) func(context.Context, *Workshop, *workload.Workload) (*Endpoint, error) {
	return func(ctx context.Context, shop *Workshop, w *workload.Workload) (*Endpoint, error) {
		args := []string{Flag, "-what", what}
		if what == "fresh" || what == "pooled" {
			module, err := shop.Module(ctx, w)
			if err != nil {
				return nil, err
			}
			args = append(args, "-wasm", module)
		}
		program, err := os.Executable()
		if err != nil {
			return nil, fmt.Errorf("contender: %w", err)
		}
		addr, err := freeAddr()
		if err != nil {
			return nil, err
		}
		args = append(append(args, "-listen", addr), flags...)
		return launch(ctx, w, command{path: program, args: args, addr: addr, requestPath: "/"})
	}
}

// Serve is what a program started with [Flag] does, until it is ended.
func Serve(args []string) error {
	flags := flag.NewFlagSet("contender", flag.ContinueOnError)
	what := flags.String("what", "", "hello, echo, fresh or pooled")
	file := flags.String("wasm", "", "module")
	addr := flags.String("listen", "", "address")
	delay := flags.Duration("delay", 0, "wait before each answer")
	if err := flags.Parse(args); err != nil {
		return err
	}
	var handle fasthttp.RequestHandler
	switch *what {
	case "hello":
		handle = func(rc *fasthttp.RequestCtx) {
			pause(*delay)
			rc.SetBodyString(`"hello, value!"`)
		}
	case "echo":
		handle = func(rc *fasthttp.RequestCtx) { rc.SetBody(rc.PostBody()) }
	case "fresh", "pooled":
		var err error
		if handle, err = plainHandler(*file, *what == "pooled"); err != nil {
			return err
		}
	default:
		return fmt.Errorf("contender: there is no %q", *what)
	}
	ln, err := net.Listen("tcp", *addr)
	if err != nil {
		return fmt.Errorf("contender: %w", err)
	}
	return fasthttp.Serve(ln, handle)
}

// pause waits that long, more exactly than a timer does.
func pause(d time.Duration) {
	for start := time.Now(); time.Since(start) < d; {
		if left := d - time.Since(start); left > 2*time.Millisecond {
			time.Sleep(left - 2*time.Millisecond)
		}
	}
}

// plainHandler runs events on wazero as it comes.
func plainHandler(file string, pooled bool) (fasthttp.RequestHandler, error) {
	ctx := context.Background()
	wasm, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("contender: %w", err)
	}
	host, err := plain.NewHost(ctx, "")
	if err != nil {
		return nil, err
	}
	module, err := host.Compile(ctx, wasm)
	if err != nil {
		return nil, err
	}
	idle := make(chan *plain.Instance, 1024)
	return func(rc *fasthttp.RequestCtx) {
		var in *plain.Instance
		select {
		case in = <-idle:
		default:
			if in, err = module.Start(ctx); err != nil {
				rc.Error(err.Error(), 500)
				return
			}
		}
		answer, err := in.Invoke(rc.PostBody())
		if err != nil {
			rc.Error(errors.Join(err, in.Close()).Error(), 502)
			return
		}
		rc.SetBody(answer) // copies
		if pooled {
			select {
			case idle <- in:
				return
			default:
			}
		}
		_ = in.Close() // nobody waits for it
	}, nil
}
