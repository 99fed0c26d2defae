package native

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/wafer-run/wafer/abi"
	"github.com/wafer-run/wafer/runner/internal/fccontext"
	"github.com/wafer-run/wafer/runner/native/internal/runtimeapi"
)

// go1 is the driver of programs that pull their invocations.
type go1 struct {
	in     *instance
	addr   string
	server *runtimeapi.Server
}

func newGo1(in *instance) (*go1, error) {
	ln, err := in.network.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("native: listening for the runtime API: %w", err)
	}
	return &go1{in: in, addr: ln.Addr().String(), server: runtimeapi.Serve(ln, in.f.calls)}, nil
}

func (g *go1) environment() map[string]string { return map[string]string{"FC_RUNTIME_API": g.addr} }

// ready implements driver.
func (g *go1) ready(ctx context.Context) error {
	select {
	case <-g.server.Ready():
	case <-ctx.Done():
		if errors.Is(context.Cause(ctx), errTooLate) {
			g.in.log.Note("wafer: the program runs, and has not asked for an invocation as binaries of the FC Go SDK do; a server is for the custom runtime (--runtime custom)")
		}
		return ctx.Err()
	}
	if g.announced("http") && g.in.f.program.Form == FormAuto {
		g.in.f.params.Store(true)
	}
	return nil
}

// announced looks for a word that programs built with wafer's own SDK have in
// their User-Agent:
//
//	wafer-guest/0.1.0 (http) (initializer pre-stop) go1.26.8
func (g *go1) announced(word string) bool {
	agent := g.server.Agent()
	if !strings.HasPrefix(agent, "wafer-guest/") {
		return false
	}
	for _, w := range strings.FieldsFunc(agent, func(r rune) bool { return r == ' ' || r == '(' || r == ')' }) {
		if w == word {
			return true
		}
	}
	return false
}

// hooks implements driver.
func (g *go1) hooks() hooks {
	return hooks{
		initializer: g.announced("initializer"),
		preFreeze:   g.announced("pre-freeze"),
		preStop:     g.announced("pre-stop"),
	}
}

// close implements driver.
func (g *go1) close() { g.server.Close() }

// invoke implements driver.
func (g *go1) invoke(ctx context.Context, c *call) ([]byte, error) {
	a, err := g.call(ctx, c)
	return a.Body, err
}

// call hands an invocation over and waits for its answer.
func (g *go1) call(ctx context.Context, c *call, more ...abi.Pair) (runtimeapi.Answer, error) {
	inv := runtimeapi.Invocation{ID: c.ev.RequestID, Limit: g.in.f.cfg.MaxPayload()}
	inv.Header = canonical(append(append(g.in.f.contextOf(c), more...),
		abi.Pair{Key: "X-Fc-Function-Timeout", Value: fccontext.WholeSeconds(c.timeout)},
		abi.Pair{Key: "X-Fc-Function-Deadline", Value: strconv.FormatInt(c.deadline.UnixMilli(), 10)},
		abi.Pair{Key: "X-Fc-Function-Type", Value: strconv.Itoa(int(c.part))}))
	if c.part == handler {
		inv.Body = c.ev.Payload
	}
	p := g.server.Send(inv)
	defer p.Forget()
	select {
	case a := <-p.Answer():
		return g.check(a, c, inv.Limit)
	case <-g.in.proc.Done():
	case <-ctx.Done():
	}
	select {
	case a := <-p.Answer(): // at the last moment
		return g.check(a, c, inv.Limit)
	default:
	}
	if err := ctx.Err(); err != nil {
		return runtimeapi.Answer{}, err
	}
	return runtimeapi.Answer{}, errExited
}

// check turns answers that are none into errors.
func (g *go1) check(a runtimeapi.Answer, c *call, limit int) (runtimeapi.Answer, error) {
	switch {
	case a.Overflow > 0:
		return a, tooLarge(a.Overflow, limit)
	case a.Failed:
		return a, parseFailure(a.Body)
	}
	if c.part == handler {
		g.in.f.learn(a)
	}
	return a, nil
}

// parseFailure reads the error that a function reported. One that is not in
// FC's form is its own message.
func parseFailure(body []byte) *handlerError {
	var e handlerError
	if json.Unmarshal(body, &e) != nil || e.Message == "" && e.Type == "" && e.Stack == nil {
		return &handlerError{Message: string(body)}
	}
	return &e
}
