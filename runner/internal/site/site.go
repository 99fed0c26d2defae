package site

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"

	"github.com/wafer-run/wafer/runner"
	"github.com/wafer-run/wafer/runner/internal/front"
)

// Site is the functions of a manifest, loaded. It is safe for concurrent use.
type Site struct {
	cfg     Config
	loaders map[kind]loader
	source  *sourceLoader
	native  *nativeRuntime

	current atomic.Pointer[table]

	applying sync.Mutex // one Apply or Close at a time
	closed   bool
	retiring sync.WaitGroup
	hurry    chan struct{} // closed when what was replaced must not take its time
}

// table is what is served at one time. It does not change.
type table struct {
	functions map[name]*lease
	services  map[string]bool
	order     []*lease      // as in the manifest
	hosts     map[name]name // from names in lower case to those of the functions
	domains   map[string]*front.Domain
	single    *lease // the only function, if its URL is open
}

// name is a function's name with that of its FC 2.0 service.
type name struct{ service, function string }

var (
	_ front.Functions = (*Site)(nil)
	_ front.Domains   = (*Site)(nil)
)

// New makes a site that serves nothing yet.
//
// # Errors
//
// Everything that is wrong with cfg, joined.
func New(cfg Config) (*Site, error) {
	cfg, err := cfg.withDefaults()
	if err != nil {
		return nil, err
	}
	s := &Site{cfg: cfg, hurry: make(chan struct{})}
	s.current.Store(&table{})
	modules := moduleLoader{runner: cfg.Runner, progress: s.progress(), cached: cfg.Cached}
	s.cfg.Progress = modules.progress
	s.source = &sourceLoader{cfg: s.cfg, modules: modules}
	s.native = &nativeRuntime{cfg: s.cfg}
	packages := &packageLoader{cfg: s.cfg, native: s.native, modules: modules}
	s.loaders = map[kind]loader{module: modules, source: s.source, program: packages, archive: packages}
	return s, nil
}

// progress lets one goroutine at a time tell about its progress.
func (s *Site) progress() func(function, doing string) {
	var mu sync.Mutex
	tell := s.cfg.Progress
	return func(function, doing string) {
		mu.Lock()
		defer mu.Unlock()
		tell(function, doing)
	}
}

// Lookup implements [front.Functions].
func (s *Site) Lookup(service, function, qualifier string) (front.Target, error) {
	t := s.current.Load()
	l := t.functions[name{service, function}]
	switch {
	case l == nil && service != "" && !t.services[service]:
		return front.Target{}, front.ErrServiceNotFound
	case l == nil:
		return front.Target{}, front.ErrFunctionNotFound
	case qualifier != "" && qualifier != runner.DefaultQualifier:
		return front.Target{}, front.ErrQualifierNotFound
	}
	return l.target(), nil
}

// Single implements [front.Functions]: a site of one function with an HTTP
// trigger gives it all requests.
func (s *Site) Single() (front.Target, bool) {
	l := s.current.Load().single
	if l == nil {
		return front.Target{}, false
	}
	return l.target(), true
}

// HostName returns the names that a function has whose host was written in
// another case: browsers write hosts in lower case.
func (s *Site) HostName(service, function string) (itsService, itsName string, ok bool) {
	n, ok := s.current.Load().hosts[lowered(service, function)]
	return n.service, n.function, ok
}

// Domain implements [front.Domains].
func (s *Site) Domain(host string) (*front.Domain, bool) {
	d, ok := s.current.Load().domains[host]
	return d, ok
}

// Served lists the functions in the order of the manifest.
func (s *Site) Served() []Served {
	t := s.current.Load()
	all := make([]Served, len(t.order))
	for i, l := range t.order {
		all[i] = Served{Function: l.manifest, Kind: l.kind.String(), HandlesHTTP: l.fn.HandlesHTTP(), NoEvents: noEvents(l.fn)}
	}
	return all
}

// Close stops serving, waits for the invocations that run until ctx is done,
// and closes all functions.
func (s *Site) Close(ctx context.Context) error {
	s.applying.Lock()
	defer s.applying.Unlock()
	if s.closed {
		return nil
	}
	s.closed = true
	old := s.current.Swap(&table{})
	errs := make([]error, len(old.order))
	var wg sync.WaitGroup
	for i, l := range old.order {
		wg.Go(func() { errs[i] = l.retire(ctx, nil) })
	}
	wg.Wait()
	stop := context.AfterFunc(ctx, func() { close(s.hurry) })
	defer stop()
	s.retiring.Wait()
	return errors.Join(append(errs, s.native.close(ctx))...)
}
