package site

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/wafer-run/wafer/runner"
	"github.com/wafer-run/wafer/runner/internal/front"
	"github.com/wafer-run/wafer/runner/internal/manifest"
)

// retireTimeout is how long a function that was replaced may go on with what it
// has begun.
const retireTimeout = 15 * time.Minute

// Apply loads the functions of a manifest, or of them only those that are named,
// and serves them in place of what was served before.
//
// # Errors
//
// A [*manifest.Error] with what is wrong with every function; a name that the
// manifest does not have; [runner.ErrClosed]; ctx's error. What was served
// before is served on then.
func (s *Site) Apply(ctx context.Context, m *manifest.Manifest, only ...string) error {
	s.applying.Lock()
	defer s.applying.Unlock()
	if s.closed {
		return runner.ErrClosed
	}
	functions, err := choose(m, only)
	if err != nil {
		return err
	}
	old := s.current.Load()
	next, fresh, err := s.load(ctx, m, functions, old)
	if err != nil {
		for _, l := range fresh {
			_ = l.retire(context.WithoutCancel(ctx), nil) // nobody has seen it
		}
		return err
	}
	s.current.Store(next)
	for key, l := range old.functions {
		if next.functions[key] == l {
			continue
		}
		replaced := next.functions[key]
		s.retiring.Go(func() {
			ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), retireTimeout)
			defer cancel()
			go func() {
				select {
				case <-s.hurry:
					cancel()
				case <-ctx.Done():
				}
			}()
			_ = l.retire(ctx, replaced) // its requests have been told what went wrong
		})
	}
	return nil
}

// choose returns the functions to serve.
func choose(m *manifest.Manifest, only []string) (chosen []*manifest.Function, err error) {
	if len(m.Functions) == 0 {
		return nil, noFunctions(m)
	}
	if len(only) == 0 {
		for i := range m.Functions {
			chosen = append(chosen, &m.Functions[i])
		}
		return chosen, nil
	}
	for _, name := range only {
		found := m.Function(name)
		if len(found) == 0 {
			var names []string
			for i := range m.Functions {
				names = append(names, m.Functions[i].ID)
			}
			return nil, fmt.Errorf("%s has no function %q, it has %s", m.File, name, strings.Join(names, ", "))
		}
		for _, f := range found {
			if !slices.Contains(chosen, f) {
				chosen = append(chosen, f)
			}
		}
	}
	return chosen, nil
}

// load makes the table for functions. Those that old has unchanged are taken
// over, fresh are the others.
func (s *Site) load(ctx context.Context, m *manifest.Manifest, functions []*manifest.Function, old *table) (t *table, fresh []*lease, err error) {
	var (
		problems = make([]*manifest.Problem, len(functions))
		leases   = make([]*lease, len(functions))
		turn     = make(chan struct{}, s.cfg.Parallel)
		wg       sync.WaitGroup
	)
	s.source.forget()
	for i, f := range functions {
		wg.Go(func() {
			turn <- struct{}{}
			defer func() { <-turn }()
			leases[i], problems[i] = s.loadOne(ctx, m, f, old.functions[name{f.Service, f.Name}])
		})
	}
	wg.Wait()
	t = &table{functions: map[name]*lease{}, services: map[string]bool{}, domains: map[string]*front.Domain{}}
	var all []manifest.Problem
	for i, f := range functions {
		if problems[i] != nil {
			all = append(all, *problems[i])
			continue
		}
		l := leases[i]
		key := name{f.Service, f.Name}
		if old.functions[key] != l {
			fresh = append(fresh, l)
		}
		t.functions[key], t.order = l, append(t.order, l)
		t.services[f.Service] = true
	}
	var clashes []note
	t.hosts, clashes = hostsOf(functions)
	for _, c := range clashes {
		s.cfg.Progress(c.f.ID, "warning: it "+c.text)
	}
	for i := range m.Domains {
		d, err := domainOf(&m.Domains[i])
		if err != nil {
			all = append(all, domainProblem(&m.Domains[i], err))
			continue
		}
		t.domains[d.Name()] = d
	}
	if len(t.order) == 1 && len(t.order[0].trigger.Methods) > 0 && !t.order[0].trigger.DisableURLInternet {
		t.single = t.order[0]
	}
	if ctx.Err() != nil {
		return nil, fresh, context.Cause(ctx)
	}
	return t, fresh, manifest.NewError(all)
}

// loadOne loads a function, unless it is the one that is there.
func (s *Site) loadOne(ctx context.Context, m *manifest.Manifest, f *manifest.Function, old *lease) (*lease, *manifest.Problem) {
	failed := func(text string) (*lease, *manifest.Problem) {
		p := f.Code.Problem(text)
		return nil, &p
	}
	c, text := find(f)
	if text != "" {
		return failed(text)
	}
	cfg, err := configOf(f, m.Account)
	if err != nil {
		return failed("cannot be loaded: " + err.Error())
	}
	if text := unread(f, s.cfg.Limits); text != "" {
		return nil, &manifest.Problem{Pos: f.Extension.Limits.Pos, Path: f.Extension.Limits.Field, Text: text}
	}
	cfg = room(cfg, s.cfg.Limits, limitsOf(f))
	if text := foreign(f, c.kind); text != "" && old == nil {
		s.cfg.Progress(f.ID, "warning: it "+text)
	}
	o, err := s.loaders[c.kind].open(ctx, f, c)
	if err != nil {
		return failed("cannot be loaded: " + err.Error())
	}
	l := &lease{manifest: f, doubtful: o.doubt != "", kind: c.kind, key: keyOf(f, m.Account, o.digest), trigger: triggerOf(f), limits: limitsOf(f), gen: generationOf(f)}
	if old != nil && old.key == l.key {
		o.close()
		return old, nil
	}
	switch {
	case o.doubt == "":
	case old != nil && !old.doubtful: // which is better
		o.close()
		return failed(o.doubt)
	default:
		s.cfg.Progress(f.ID, "warning: code "+o.doubt)
	}
	if l.fn, err = o.load(ctx, cfg); err != nil {
		o.close()
		var why *runner.LoadError
		if errors.As(err, &why) {
			err = why.Err // which function it is, the place says
		}
		return failed("cannot be loaded: " + err.Error())
	}
	if l.gen == front.FC2 && len(l.trigger.Methods) > 0 && eventsOnly(l.fn) {
		s.cfg.Progress(f.ID, "warning: its handler takes events, of which FC 2.0 makes none of HTTP requests: its HTTP trigger answers 502")
	}
	return l, nil
}

// keyOf is the same for functions that behave the same: places in the file do
// not count.
func keyOf(f *manifest.Function, account, digest string) string {
	same := *f
	same.Pos, same.Path, same.Code, same.ID = manifest.Pos{}, "", manifest.Code{}, ""
	same.Triggers = slices.Clone(f.Triggers)
	for i := range same.Triggers {
		same.Triggers[i].Pos = manifest.Pos{}
	}
	if l := f.Extension.Limits; l != nil {
		sizes := *l
		sizes.Pos, sizes.Field = manifest.Pos{}, ""
		same.Extension.Limits = &sizes
	}
	b, err := json.Marshal(struct {
		Function        manifest.Function
		Account, Digest string
	}{same, account, digest})
	if err != nil { // only an infinite CPU share, which the manifest does not let through
		return digest
	}
	return string(b)
}
