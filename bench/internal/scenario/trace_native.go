package scenario

import (
	"container/list"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sync"

	"github.com/wafer-run/wafer/bench/internal/proc"
	"github.com/wafer-run/wafer/runner"
	"github.com/wafer-run/wafer/runner/native"
)

// processes are functions as native processes, of which so many live as the
// budget has room for. The one that was idle longest ends first.
type processes struct {
	runtime *native.Runtime
	program native.Program
	most    int

	mu    sync.Mutex
	alive map[int]*list.Element // of *process
	idle  *list.List            // those alive, the last one was used last
	ended int64
}

// process is a function and how many calls use it.
type process struct {
	i        int
	function *native.Function
	users    int
	gone     bool
}

// newProcesses finds out how much a process takes, and so how many there may
// be.
func newProcesses(args TraceArgs) (*processes, error) {
	r, err := native.New(native.Config{})
	if err != nil {
		return nil, err
	}
	p := &processes{
		runtime: r, alive: map[int]*list.Element{}, idle: list.New(), most: 1,
		program: native.Program{Dir: filepath.Dir(args.Program), Command: []string{"./" + filepath.Base(args.Program)}},
	}
	before, err := proc.ReadTree(os.Getpid())
	if err != nil {
		return nil, err
	}
	if _, err := p.call(context.Background(), 0); err != nil {
		p.close()
		return nil, err
	}
	after, err := proc.ReadTree(os.Getpid())
	if err != nil {
		return nil, err
	}
	each := max(after.Memory.Held()-before.Memory.Held(), 1<<20)
	p.most = max(int(args.Budget/each), 1)
	return p, nil
}

func (p *processes) call(ctx context.Context, i int) (cold bool, err error) {
	u, err := p.take(ctx, i)
	if err != nil {
		return false, err
	}
	defer p.give(u)
	res, err := u.function.Invoke(ctx, runner.Event{Payload: hello().Body})
	if err != nil {
		return false, err
	}
	return res.Usage.ColdStart, hello().Check(res.Payload)
}

// take returns function i, and ends others to make room for it.
func (p *processes) take(ctx context.Context, i int) (*process, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if e, ok := p.alive[i]; ok {
		p.idle.MoveToBack(e)
		u := e.Value.(*process)
		u.users++
		return u, nil
	}
	for e := p.idle.Front(); e != nil && p.idle.Len() >= p.most; {
		next := e.Next()
		if u := e.Value.(*process); u.users == 0 {
			p.end(e)
		}
		e = next
	}
	cfg := runner.NewFunctionConfig(fmt.Sprintf("function-%d", i)).WithMaxInstances(1).WithQueue(1000, runner.MaxInitTimeout)
	f, err := p.runtime.Load(ctx, cfg, p.program)
	if err != nil {
		return nil, err
	}
	u := &process{i: i, function: f, users: 1}
	p.alive[i] = p.idle.PushBack(u)
	return u, nil
}

// end ends a process. p is locked.
func (p *processes) end(e *list.Element) {
	u := p.idle.Remove(e).(*process)
	delete(p.alive, u.i)
	u.gone = true
	p.ended++
	go func() { _ = u.function.Close(context.Background()) }() // nobody waits for it
}

func (p *processes) give(u *process) {
	p.mu.Lock()
	defer p.mu.Unlock()
	u.users--
	if e := p.alive[u.i]; !u.gone && u.users == 0 && p.idle.Len() > p.most && e != nil {
		p.end(e)
	}
}

func (p *processes) counts() counts {
	p.mu.Lock()
	defer p.mu.Unlock()
	return counts{ended: p.ended}
}

func (p *processes) close() { _ = p.runtime.Close(context.Background()) } // the process ends as well
