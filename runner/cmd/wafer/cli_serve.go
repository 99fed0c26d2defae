package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"time"

	"github.com/wafer-run/wafer/runner"
	"github.com/wafer-run/wafer/runner/internal/front"
	"github.com/wafer-run/wafer/runner/internal/manifest"
	"github.com/wafer-run/wafer/runner/internal/site"
	"github.com/wafer-run/wafer/runner/internal/watch"
)

type serveCmd struct {
	fileFlags
	Only []string `placeholder:"NAME" help:"Take only this function: the id of its resource, its name, or service$$name. Repeatable."`
	serverFlags
	budgetFlags
	cacheFlags
	Go       string `default:"go" placeholder:"CMD" help:"Go command to build Go source with."`
	Parallel int    `placeholder:"N" help:"How many functions are built and loaded at once. Default: one for each processor."`
	Watch    bool   `short:"w" help:"Read the file and the code again when they change, and go over to what they say without dropping a request."`
	Quiet    bool   `short:"q" help:"Print neither the functions' logs, nor progress, nor what is ignored."`
}

func (serveCmd) Help() string {
	return `Loads the functions of a Serverless Devs file (s.yaml) and serves them over HTTP: in the URLs of Function Compute, at their HTTP triggers and at their custom domains.

    POST /2023-03-30/functions/NAME/invocations                    FC 3.0
    POST /2016-08-15/services/SERVICE/functions/NAME/invocations   FC 2.0
    ANY  http://NAME.localhost:9000/PATH                           HTTP trigger, FC 3.0
    ANY  http://NAME.SERVICE.localhost:9000/PATH                   HTTP trigger, FC 2.0
    ANY  /2016-08-15/proxy/SERVICE/NAME/PATH                       HTTP trigger, FC 2.0
    ANY  the host of a custom domain

The file is one of edition 3.0.0 with the component fc3, or of an older edition with the component fc. A function's code may be a .wasm file, a native program for the runtimes go1 and custom, a directory or a zip with one of them, or a directory with Go source, which is built into a .wasm file first, as by wafer build. What FC would start comes first where a directory has several.

Examples:

    wafer serve
    wafer serve --watch
    wafer serve prod/s.yaml --only hello --only web
    STAGE=test wafer serve --listen 127.0.0.1:8080
    wafer serve --listen :80 --listen-tls :443 --tls-cert c.pem --tls-key k.pem

Settings that FC does not have stand under vars.wafer, which other tools ignore:

    vars:
      wafer:
        account: "1234567890"      # account id in the functions' context
        functions:
          "*":                     # every function
            isolation: request     # or instance; nothing survives a request
          hello:                   # the resource of that id
            snapshot: init         # or boot, off
            warmup: [{key: value}] # events to call the handler with before
            spares: 2              # instances kept ready
            instances: 50          # most instances at a time
            maxInvocations: 1000   # after which an instance is retired
            queue: {length: 100, timeout: 5}
            idleTimeout: 300       # seconds
            startTimeout: 30       # seconds until a native program must listen
            tenant: acme           # whom --tenant-concurrency counts it for
            limits:                # in place of FC's: bytes, or KB and MB
              body: 8MB            # also path, requestHeader, responseHeader
            egress: true           # let a native program use the network
            freePort: true         # and have its server find its port in FC_SERVER_PORT
            openTriggers: true     # serve triggers that FC would protect

wafer validate says what is wrong with a file, and what of it is ignored.`
}

// Run serves the functions until ctx is done.
func (c *serveCmd) Run(ctx context.Context, sys *system) error {
	m, err := c.read(sys)
	if err != nil {
		return mistakes(sys, c.complete(err))
	}
	if err := site.Check(m); err != nil && len(c.Only) == 0 {
		return mistakes(sys, err)
	}
	sys.several = len(m.Functions) > 1 && len(c.Only) != 1
	var w *watch.Watcher
	if c.Watch {
		if w, err = watch.New(); err != nil {
			return err
		}
		defer w.Close()
		_ = c.watchSources(w, m) // from now on, as loading takes a while; follow says what is wrong
	}
	c.certified = slices.ContainsFunc(m.Domains, func(d manifest.Domain) bool { return d.Certificate != "" })
	e, err := c.open(sys)
	if err != nil {
		return err
	}
	defer e.close()
	if err := e.certify(m); err != nil {
		return err
	}
	if !c.Quiet {
		for _, i := range m.Ignored {
			fmt.Fprintf(sys.stderr, "wafer: %s\n", i)
		}
	}
	s, done, err := c.site(ctx, sys)
	if err != nil {
		return err
	}
	defer done()
	start := time.Now()
	if err := s.Apply(ctx, m, c.Only...); err != nil {
		return mistakes(sys, err)
	}
	if !c.Quiet {
		fmt.Fprintf(sys.stderr, "wafer: loaded %s in %.1f s\n", count(len(s.Served()), "function"), time.Since(start).Seconds())
	}
	if err := printSite(e.people(), e, m, s); err != nil {
		return err
	}
	if c.Watch {
		following := make(chan struct{})
		ctx, stop := context.WithCancel(ctx)
		go func() {
			defer close(following)
			c.follow(ctx, sys, e, s, m, w)
		}()
		defer func() {
			stop()
			<-following
		}()
	}
	return e.serve(ctx, front.Config{Functions: s, Domains: s})
}

// complete adds what else is wrong with a file, unless only a part of it counts.
func (c *serveCmd) complete(err error) error {
	if len(c.Only) > 0 {
		return err
	}
	return site.Complete(err)
}

// site makes a site that serves nothing yet. done closes it.
func (c *serveCmd) site(ctx context.Context, sys *system) (s *site.Site, done func(), err error) {
	rc := c.budget(runner.NewConfig().WithLogSink(sys.logSink(c.Quiet)))
	dir, drop := "", func() {}
	if c.NoCache {
		if dir, err = os.MkdirTemp("", "wafer-"); err != nil {
			return nil, nil, fmt.Errorf("making a directory to build in: %w", err)
		}
		drop = func() { _ = os.RemoveAll(dir) }
	} else {
		if dir, err = c.cacheDir(); err != nil {
			return nil, nil, err
		}
		rc = c.keep(rc, dir)
	}
	r, err := runner.New(ctx, rc)
	if err != nil {
		drop()
		return nil, nil, err
	}
	after := context.WithoutCancel(ctx)
	cfg := site.Config{
		Runner: r, CacheDir: dir, Environ: sys.environ, Go: c.Go, Version: version(), Parallel: c.Parallel, Output: sys.stderr,
	}
	cfg.Limits, cfg.Cached = c.limits, !c.NoCache
	cfg.LogSink, cfg.Taken = sys.logSink(c.Quiet), sys.taken
	if !c.Quiet {
		cfg.Progress = func(function, doing string) { fmt.Fprintf(sys.stderr, "wafer: %s: %s\n", function, doing) }
	}
	if s, err = site.New(cfg); err != nil {
		err = errors.Join(err, r.Close(after))
		drop()
		return nil, nil, err
	}
	return s, func() {
		_ = s.Close(after)
		_ = r.Close(after)
		drop()
	}, nil
}
