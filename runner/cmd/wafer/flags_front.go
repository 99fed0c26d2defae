package main

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/wafer-run/wafer/runner/internal/front"
	"github.com/wafer-run/wafer/runner/internal/manifest"
)

// frontFlags configure the HTTP front of commands that serve.
type frontFlags struct {
	TriggerSuffix string `placeholder:"HOST" help:"What the hosts of HTTP triggers end with: NAME.HOST, or NAME.SERVICE.HOST in FC 2.0. Default: localhost, which is this machine."`
	Attachment    bool   `help:"Have browsers download what the HTTP triggers' own URLs answer, as FC's own domains do (Content-Disposition: attachment). Custom domains answer as ever."`
	PublicLog     bool   `help:"Let callers of HTTP triggers' hosts and custom domains ask for the log, too, by X-Fc-Log-Type: Tail. They may be anybody."`

	MaxConcurrency    int               `placeholder:"N" help:"Most invocations at a time over all functions; those beyond wait, and are then refused with 503 ResourceThrottled. Default: no limit."`
	TenantConcurrency int               `placeholder:"N" help:"Most invocations at a time of each tenant; those beyond wait, and are then refused with 429 ResourceExhausted. Functions without a tenant count as one. Default: no limit."`
	Queue             *int              `placeholder:"N" help:"How many invocations may wait at once under each of these limits; in wafer run, also for an instance. 0: none waits. Default: 1000."`
	QueueTimeout      *time.Duration    `placeholder:"TIME" help:"How long they may wait. Default: 5s."`
	Limit             map[string]string `placeholder:"NAME=SIZE" mapsep:"none" help:"Size of requests and answers that replaces FC's, for every function: path, requestHeader, body or responseHeader, in bytes or as in 64KB and 8MB. Repeatable."`

	MaxConns          int  `placeholder:"N" help:"Most open connections. Default: 65536."`
	MaxConnsPerClient int  `placeholder:"N" help:"Most open connections of one client address. Default: no limit."`
	CompressFrom      int  `placeholder:"BYTES" help:"Compress text answers of HTTP triggers from so many bytes on; -1: never. Default: 1024."`
	Decompress        bool `help:"Decompress gzip and zstd request bodies of HTTP triggers before functions get them. Events stay as they are."`

	limits front.Limits // of Limit, set by check
}

// suffix is what the hosts of HTTP triggers end with.
func (f *frontFlags) suffix() string { return cmp.Or(f.TriggerSuffix, front.DefaultTriggerSuffix) }

// check reports everything that is wrong with the flags, joined.
func (f *frontFlags) check() error {
	var errs []error
	bad := func(format string, args ...any) { errs = append(errs, fmt.Errorf(format, args...)) }
	if s := f.TriggerSuffix; strings.Trim(s, ".") != s || strings.ContainsAny(s, "/: \t") {
		bad("--trigger-suffix is %q, want a host name without a port", s)
	}
	for _, n := range []struct {
		flag string
		n    int
	}{
		{"--max-concurrency", f.MaxConcurrency}, {"--tenant-concurrency", f.TenantConcurrency},
		{"--max-conns", f.MaxConns}, {"--max-conns-per-client", f.MaxConnsPerClient},
	} {
		if n.n < 0 {
			bad("%s is %d, want at least 1", n.flag, n.n)
		}
	}
	if f.Queue != nil && *f.Queue < 0 {
		bad("--queue is %d, want at least 0", *f.Queue)
	}
	if f.QueueTimeout != nil && *f.QueueTimeout <= 0 {
		bad("--queue-timeout is %v, want over 0", *f.QueueTimeout)
	}
	var err error
	if f.limits, err = parseLimits(f.Limit); err != nil {
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

// configure sets what the flags say.
func (f *frontFlags) configure(cfg *front.Config) {
	cfg.TriggerSuffix, cfg.Attachment, cfg.PublicLog = f.TriggerSuffix, f.Attachment, f.PublicLog
	cfg.Concurrency, cfg.TenantConcurrency = f.MaxConcurrency, f.TenantConcurrency
	if f.Queue != nil {
		if cfg.MaxQueue = *f.Queue; cfg.MaxQueue == 0 {
			cfg.MaxQueue = -1
		}
	}
	if f.QueueTimeout != nil {
		cfg.QueueTimeout = *f.QueueTimeout
	}
	cfg.Limits = f.limits
	cfg.MaxConns, cfg.MaxConnsPerClient = f.MaxConns, f.MaxConnsPerClient
	cfg.CompressFrom, cfg.Decompress = f.CompressFrom, f.Decompress
}

// parseLimits reads NAME=SIZE pairs. The names are those of s.yaml; request-header
// is requestHeader, as flags are written.
func parseLimits(pairs map[string]string) (l front.Limits, err error) {
	fields := map[string]*int{
		"path": &l.Path, "requestheader": &l.RequestHeader, "body": &l.Body,
		"responseheader": &l.ResponseHeader,
	}
	var errs []error
	for _, name := range slices.Sorted(maps.Keys(pairs)) {
		text := pairs[name]
		field := fields[strings.ToLower(strings.ReplaceAll(name, "-", ""))]
		if field == nil {
			errs = append(errs, fmt.Errorf("--limit has the name %q, want path, requestHeader, body or responseHeader", name))
			continue
		}
		if *field, err = manifest.ParseSize(text); err != nil {
			errs = append(errs, fmt.Errorf("--limit %s is %q, want %w", name, text, err))
		}
	}
	return l, errors.Join(errs...)
}
