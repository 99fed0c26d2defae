package native

import (
	"context"
	"sync"
	"sync/atomic"

	"github.com/wafer-run/wafer/abi"
	"github.com/wafer-run/wafer/runner"
	"github.com/wafer-run/wafer/runner/internal/fccontext"
	"github.com/wafer-run/wafer/runner/internal/pool"
)

// Function is a loaded program with its instances, the counterpart of
// [runner.Function]. It is safe for concurrent use.
type Function struct {
	cfg      runner.FunctionConfig
	program  Program
	runtime  *Runtime
	pool     *pool.Pool[*instance]
	about    *fccontext.Function
	context  []abi.Pair // what every invocation is told alike
	checksum uint64
	most     int         // instances
	calls    int         // invocations that an instance has at once
	shared   bool        // all instances listen on one port of the host
	params   atomic.Bool // the program takes HTTP requests as they are
	proven   atomic.Bool // an answer has shown whether it does

	life        context.Context // ends when instances must
	end         context.CancelFunc
	invocations atomic.Int64

	mu        sync.Mutex
	instances map[*instance]struct{}
}

func newFunction(r *Runtime, cfg runner.FunctionConfig, p Program, shared bool) *Function {
	f := &Function{cfg: cfg, program: p, runtime: r, shared: shared, instances: map[*instance]struct{}{}}
	f.params.Store(p.Kind == Custom || p.Form == FormParams)
	f.about = describe(cfg, p)
	f.context = commonContext(f.about, p.Kind)
	f.checksum = cfg.Checksum()
	if f.checksum == 0 {
		f.checksum = f.startFileChecksum()
	}
	instances, concurrency := cfg.MaxInstances(), cfg.Concurrency()
	if cfg.Isolation() == runner.IsolationRequest {
		concurrency = 1
	}
	if shared {
		instances = 1
	}
	f.most, f.calls = instances, concurrency
	f.life, f.end = context.WithCancel(context.Background())
	queue, wait := cfg.Queue()
	f.pool = pool.New(pool.Config[*instance]{
		Max: instances, MaxQueue: queue, QueueTime: wait, IdleTime: cfg.IdleTimeout(),
		Concurrency: concurrency, Spares: cfg.Spares(),
		New: f.newInstance, Destroy: f.destroy,
	})
	return f
}

// SharesPort reports whether all instances would listen on one port of the
// host, so that there is one of them at a time.
func (f *Function) SharesPort() bool { return f.shared }

// Config returns the function's configuration.
func (f *Function) Config() runner.FunctionConfig { return f.cfg }

// Program returns what the function runs, with the defaults filled in.
func (f *Function) Program() Program { return f.program }

// Checksum returns the CRC-64 (ECMA) of the function's code, 0 while it has
// none that can be read.
func (f *Function) Checksum() uint64 { return f.checksum }

// HandlesHTTP reports whether the program takes HTTP requests as they are. For
// a [Go1] program of [FormAuto] that may turn out with the first one.
func (f *Function) HandlesHTTP() bool { return f.params.Load() }

// Stats returns the counters as they are now. CPU and Ticks are 0.
func (f *Function) Stats() runner.Stats {
	s := f.pool.Stats()
	return runner.Stats{
		Live: s.Live, Busy: s.Busy, Idle: s.Idle, Waiting: s.Waiting,
		Created: s.Created, Destroyed: s.Destroyed, Reused: s.Reused, Rejected: s.Rejected,
		Queued: s.Queued, CreateFailed: s.CreateFailed, Dropped: s.Dropped, Expired: s.Expired, Evicted: s.Evicted,
		Account: runner.Account{Invocations: f.invocations.Load()},
	}
}

// Close turns new invocations away, waits for those that run, runs the pre-stop
// hooks and ends every process. When ctx is done first, it kills what is left:
// invocations that still run fail, and ctx's error is returned. Nothing stays
// behind in any case.
func (f *Function) Close(ctx context.Context) error {
	defer f.runtime.remove(f)
	stop := context.AfterFunc(ctx, f.kill)
	if f.pool.Close(ctx) != nil {
		_ = f.pool.Close(context.Background()) // what is killed does not take long
	}
	inTime := stop()
	f.end()
	if !inTime {
		return ctx.Err()
	}
	return nil
}

// kill ends every process without further ado.
func (f *Function) kill() {
	f.end()
	f.mu.Lock()
	defer f.mu.Unlock()
	for in := range f.instances {
		in.spoil()
		in.proc.Kill()
	}
}

// enlist makes an instance known to kill.
func (f *Function) enlist(in *instance) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.instances[in] = struct{}{}
	if f.life.Err() != nil {
		in.proc.Kill()
	}
}

func (f *Function) strike(in *instance) {
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.instances, in)
}
