//go:build !wasip1

package pull

import (
	"fmt"
	"net/http"
	"runtime"
	"strings"
	"time"

	"github.com/wafer-run/wafer/abi"
	"github.com/wafer-run/wafer/guest/internal/fcheader"
	"github.com/wafer-run/wafer/guest/internal/process"
)

// How long the loop waits after failures in a row: firstWait, then twice as
// long each time, but never longer than lastWait.
const (
	firstWait = 10 * time.Millisecond
	lastWait  = time.Second
)

// version is that of what this package announces.
const version = "0.1.0"

// Loop fetches invocations and answers them. Its User-Agent is
//
//	wafer-guest/0.1.0 (http) (initializer pre-stop) go1.26.8
//
// where the first comment is event or http, and the second one lists the hooks
// there are and is missing when there are none. Hosts that have not heard of it
// lose nothing.
type Loop struct {
	fn     process.Function
	client *client
}

// New returns a loop for the runtime API at addr, a host and a port.
func New(addr string, fn process.Function) *Loop {
	return &Loop{fn: fn, client: newClient(addr, agent(fn.Info()))}
}

func agent(info abi.BootInfo) string {
	takes := "event"
	if info.Handles&abi.HandlesHTTP != 0 {
		takes = "http"
	}
	var hooks []string
	for _, hook := range []struct {
		bit  abi.Hooks
		name string
	}{{abi.HookInitialize, "initializer"}, {abi.HookPreFreeze, "pre-freeze"}, {abi.HookPreStop, "pre-stop"}} {
		if info.Hooks&hook.bit != 0 {
			hooks = append(hooks, hook.name)
		}
	}
	text := "wafer-guest/" + version + " (" + takes + ")"
	if len(hooks) > 0 {
		text += " (" + strings.Join(hooks, " ") + ")"
	}
	return text + " " + runtime.Version()
}

// Run serves for ever. The platform ends a process by killing it.
func (l *Loop) Run() {
	wait := firstWait
	for {
		header, body, err := l.client.next()
		if err != nil {
			process.Log("failed to get invoke request due to " + err.Error())
			time.Sleep(wait)
			if wait *= 2; wait > lastWait {
				wait = lastWait
			}
			continue
		}
		wait = firstWait
		go l.serve(header, body)
	}
}

// serve runs one invocation and answers it.
func (l *Loop) serve(header http.Header, body []byte) {
	q := &abi.Request{Body: body}
	var err error
	if q.Context, err = fcheader.Context(header); err != nil {
		process.Log("failed to invoke function due to unexpected error occurred when parsing the invoke: " + err.Error())
		l.send(q.RequestID, process.Failed(err.Error(), "HeaderError"))
		return
	}
	kind := kindOf(header.Get(fcheader.FunctionType))
	l.send(q.RequestID, process.Logged(kind, q.RequestID, func() *process.Answer {
		params, ok := header[fcheader.HTTPParams]
		if kind != abi.KindInvoke || l.fn.Info().Handles&abi.HandlesHTTP == 0 || !ok {
			return l.fn.Invoke(kind, q)
		}
		var failed *process.Answer
		if q.HTTP, failed = decodeParams(params[0]); failed != nil {
			return failed
		}
		return l.fn.Invoke(abi.KindHTTP, q)
	}))
}

// kindOf reads the function type: anything that is no hook is the handler.
func kindOf(functionType string) abi.Kind {
	switch functionType {
	case "1":
		return abi.KindInitialize
	case "2":
		return abi.KindPreStop
	case "3":
		return abi.KindPreFreeze
	}
	return abi.KindInvoke
}

// send answers an invocation. A refusal is final: the API says of none whether it
// makes sense to try again.
func (l *Loop) send(id string, a *process.Answer) {
	var err error
	what := "functionResponse"
	switch {
	case a.Failure != nil:
		what = "functionError"
		err = l.client.answer(id, "error", a.FailureJSON(false), "")
	case a.Head != nil:
		err = l.client.answer(id, "response", a.Body, encodeParams(a.Head))
	default:
		err = l.client.answer(id, "response", a.Body, "")
	}
	if err != nil {
		process.Log(fmt.Sprintf(
			"failed to invoke function due to unexpected error occurred when sending the function %s to the API: %v", what, err))
	}
}
