package scenario

import (
	"context"
	"fmt"
	"os"

	"github.com/wafer-run/wafer/bench/internal/subject"
	"github.com/wafer-run/wafer/runner"
)

// sandboxes are functions in a runner with budgets.
type sandboxes struct {
	runner *runner.Runner
	list   []*runner.Function
}

// newSandboxes loads the functions. Most of the budget is for instances, an
// eighth for code.
func newSandboxes(ctx context.Context, args TraceArgs) (*sandboxes, error) {
	wasm, err := os.ReadFile(args.Wasm)
	if err != nil {
		return nil, err
	}
	s := &sandboxes{}
	cfg := runner.NewConfig().WithCacheDir(args.Cache).WithMemoryBudget(args.Budget - args.Budget/8).WithCodeBudget(args.Budget / 8)
	if s.runner, err = runner.New(ctx, cfg); err != nil {
		return nil, err
	}
	for i := range args.Functions {
		f, err := s.runner.Load(ctx, runner.NewFunctionConfig(fmt.Sprintf("fork-%d", i)), subject.Fork(wasm, i))
		if err != nil {
			s.close()
			return nil, err
		}
		s.list = append(s.list, f)
	}
	return s, nil
}

func (s *sandboxes) call(ctx context.Context, i int) (cold bool, err error) {
	res, err := s.list[i].Invoke(ctx, runner.Event{Payload: hello().Body})
	if err != nil {
		return false, err
	}
	return res.Usage.ColdStart, hello().Check(res.Payload)
}

func (s *sandboxes) counts() counts {
	st := s.runner.Stats()
	c := counts{loads: st.CodeLoads, evicted: st.CodeEvictions}
	for _, f := range s.list {
		c.ended += f.Stats().Destroyed
	}
	return c
}

func (s *sandboxes) close() { _ = s.runner.Close(context.Background()) } // the process ends as well
