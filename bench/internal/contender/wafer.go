package contender

import (
	"context"
	"time"

	"github.com/wafer-run/wafer/bench/internal/workload"
)

// Wafer is wafer as it comes: instances are used again.
func Wafer() *Contender {
	return &Contender{
		Name: "wafer", Label: "wafer", About: "wafer run: WebAssembly, instances are used again",
		start: waferRun(),
	}
}

// WaferIsolated is wafer with a fresh sandbox for every request.
func WaferIsolated() *Contender {
	return &Contender{
		Name: "wafer-isolated", Label: "wafer, isolated", About: "wafer run --isolation request: a fresh sandbox for every request",
		start: waferRun("--isolation", "request"),
	}
}

// WaferInit is wafer with a snapshot that is taken after the initializer: no
// instance runs it. It does work with an initializer only.
func WaferInit() *Contender {
	return &Contender{
		Name: InitName, Label: "wafer, --snapshot init", About: "wafer run --snapshot init: instances start with what the initializer has made",
		suits: func(w *workload.Workload) bool { return w.Initializer },
		start: func(ctx context.Context, shop *Workshop, w *workload.Workload) (*Endpoint, error) {
			start := waferRun("--snapshot", "init")
			// Like everything of wafer's, the snapshot is on disk when it starts.
			if _, err := shop.once("initialized/"+w.Name, func(string) error {
				e, err := start(ctx, shop, w)
				if err != nil {
					return err
				}
				return e.Close()
			}); err != nil {
				return nil, err
			}
			return start(ctx, shop, w)
		},
	}
}

// InitName is the name of [WaferInit].
const InitName = "wafer-init"

// InitAt is the name of [WaferInit] at a temperature.
func InitAt(temperature string) string { return InitName + ", " + temperature }

// waferRun serves the workload's module by wafer run.
func waferRun(flags ...string) func(context.Context, *Workshop, *workload.Workload) (*Endpoint, error) {
	return func(ctx context.Context, shop *Workshop, w *workload.Workload) (*Endpoint, error) {
		module, err := shop.Module(ctx, w)
		if err != nil {
			return nil, err
		}
		cache, err := shop.Cache(ctx, w)
		if err != nil {
			return nil, err
		}
		return shop.serve(ctx, w, module, append([]string{"--cache-dir", cache}, flags...))
	}
}

// serve runs wafer run on a file.
func (s *Workshop) serve(ctx context.Context, w *workload.Workload, file string, flags []string) (*Endpoint, error) {
	wafer, err := s.Wafer(ctx)
	if err != nil {
		return nil, err
	}
	addr, err := freeAddr()
	if err != nil {
		return nil, err
	}
	c := command{
		path: wafer, addr: addr, requestPath: w.Path,
		args: append([]string{"run", file, "-q", "--name", w.Name, "--listen", addr, "--instances", "64"}, flags...),
	}
	if w.Kind == workload.Event {
		c.requestPath = "/2023-03-30/functions/" + w.Name + "/invocations"
	}
	return launch(ctx, w, c)
}

// WaferNative is the handler as a native process behind wafer's front.
func WaferNative() *Contender {
	return &Contender{
		Name: NativeName, Label: "native behind wafer", About: "wafer run: the handler as a native process that pulls events, contained",
		start: nativeRun(),
	}
}

// NativeName is the name of [WaferNative].
const NativeName = "wafer-native"

// NativeAt is the name of [WaferNative] at a temperature, in data that has
// temperatures for contenders.
func NativeAt(temperature string) string { return NativeName + ", " + temperature }

// nativeRun serves the workload's native program by wafer run.
func nativeRun(flags ...string) func(context.Context, *Workshop, *workload.Workload) (*Endpoint, error) {
	return func(ctx context.Context, shop *Workshop, w *workload.Workload) (*Endpoint, error) {
		program, err := shop.Native(ctx, w)
		if err != nil {
			return nil, err
		}
		return shop.serve(ctx, w, program, flags)
	}
}

// Forgetting returns [Wafer], [WaferEvicted] and [WaferNative] with instances that
// end when they have been idle for so long: who waits longer gets a new one.
func Forgetting(idle time.Duration) []*Contender {
	sandbox, evicted, program := Wafer(), WaferEvicted(), WaferNative()
	sandbox.start = waferRun("--idle", idle.String())
	evicted.start = waferRun("--idle", idle.String(), "--code-budget", "0")
	program.start = nativeRun("--idle", idle.String())
	return []*Contender{sandbox, evicted, program}
}

// WaferEvicted is wafer that drops code with the last instance.
func WaferEvicted() *Contender {
	return &Contender{
		Name: EvictedName, Label: "wafer, code not in memory", About: "wafer run --code-budget 0: code is dropped with the last instance",
		start: waferRun("--code-budget", "0"),
	}
}

// EvictedName is the name of [WaferEvicted].
const EvictedName = "wafer-evicted"

// WaferKept is [Wafer] where others have lost their instances: what a pause costs
// by itself.
func WaferKept() *Contender {
	c := Wafer()
	c.Name, c.Label, c.About = KeptName, "wafer, an instance is there", "wafer run: the instance has been idle for as long as others' that have ended"
	return c
}

// WaferNativeKept is [WaferNative] in that place.
func WaferNativeKept() *Contender {
	c := WaferNative()
	c.Name, c.Label, c.About = NativeKeptName, "native behind wafer, an instance is there", "wafer run: the process has been idle for as long as others that have ended"
	return c
}

// Names of [WaferKept] and [WaferNativeKept].
const (
	KeptName       = "wafer-kept"
	NativeKeptName = "wafer-native-kept"
)

// Deploy is wafer with nothing prepared: it compiles before it answers.
func Deploy() *Contender {
	return &Contender{
		Name: "deploy", Label: "wafer, never seen before", About: "wafer run with an empty cache",
		start: func(ctx context.Context, shop *Workshop, w *workload.Workload) (*Endpoint, error) {
			module, err := shop.Module(ctx, w)
			if err != nil {
				return nil, err
			}
			dir, err := shop.TempDir("deploy")
			if err != nil {
				return nil, err
			}
			e, err := shop.serve(ctx, w, module, []string{"--cache-dir", dir})
			if err != nil {
				removeAll(dir)
				return nil, err
			}
			e.undo = append(e.undo, func() { removeAll(dir) })
			return e, nil
		},
	}
}
