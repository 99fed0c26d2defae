// Package contender starts what the benchmarks compare: wafer in its modes, and
// what a person would pick instead, each in a process of its own, each serving
// the same handler over HTTP on the loopback interface.
//
// Peers are fetched by the package managers they come with, at pinned versions,
// and left out with a note where that is not possible.
package contender

import (
	"context"
	"errors"
	"slices"

	"github.com/wafer-run/wafer/bench/internal/workload"
)

// ErrUnsuited says that a contender cannot run a workload at all.
var ErrUnsuited = errors.New("contender: does not do this kind of work")

// Unavailable is a contender that cannot be had on this machine.
type Unavailable struct{ Reason error }

func (e *Unavailable) Error() string { return "contender: not available: " + e.Reason.Error() }

func (e *Unavailable) Unwrap() error { return e.Reason }

// Contender is one way to serve a handler.
type Contender struct {
	Name  string // in data
	Label string // in tables and charts
	About string // how it runs the handler
	// Other says that its handler is written in another language, in words.
	Other string

	suits func(*workload.Workload) bool // nil means that it does all
	start func(context.Context, *Workshop, *workload.Workload) (*Endpoint, error)
}

// Start starts it and waits until it has answered once. Close the endpoint when
// done.
//
// # Errors
//
// [ErrUnsuited], an [*Unavailable], or what went wrong.
func (c *Contender) Start(ctx context.Context, shop *Workshop, w *workload.Workload) (*Endpoint, error) {
	if !c.Suits(w) {
		return nil, ErrUnsuited
	}
	return c.start(ctx, shop, w)
}

// Suits reports whether it can run a workload.
func (c *Contender) Suits(w *workload.Workload) bool { return c.suits == nil || c.suits(w) }

// eventsOnly suits what gets events and has no initializer.
func eventsOnly(w *workload.Workload) bool { return w.Kind == workload.Event && !w.Initializer }

// named suits the workloads of these names.
func named(names ...string) func(*workload.Workload) bool {
	return func(w *workload.Workload) bool { return slices.Contains(names, w.Name) }
}

// All returns every contender. The first is what the others are compared with.
func All() []*Contender {
	return []*Contender{
		Wafer(), WaferIsolated(), WaferInit(), WaferNative(),
		nativeDirect(), wazeroFresh(), wazeroPooled(),
		extism(), workerd(), ceiling(),
	}
}

// Variants returns the contenders that single scenarios make of wafer.
func Variants() []*Contender {
	return []*Contender{WaferEvicted(), WaferKept(), WaferNativeKept(), Deploy()}
}

// Named returns the contender of that name, or nil.
func Named(name string) *Contender {
	for _, c := range All() {
		if c.Name == name {
			return c
		}
	}
	return nil
}
