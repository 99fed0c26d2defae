package front

import (
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"
)

// Defaults of [Config].
const (
	DefaultHeadTimeout  = 10 * time.Second
	DefaultReadTimeout  = 60 * time.Second
	DefaultMinBodyRate  = 4 << 10 // bytes per second
	DefaultCompressFrom = 1 << 10 // bytes
	DefaultIdleTimeout  = 90 * time.Second
	DefaultWriteTimeout = 60 * time.Second
	DefaultMaxConns     = 64 << 10
	DefaultBodyMemory   = 1 << 30 // bytes
	DefaultQueueTimeout = 5 * time.Second
	DefaultMaxQueue     = 1000

	DefaultTriggerSuffix = "localhost"
)

// Config configures a [Server]. Zero fields mean the defaults. The server keeps
// a copy.
type Config struct {
	// Functions is what there is to serve. It must be set.
	Functions Functions
	// Domains are the custom domains. nil, the default, means none.
	Domains Domains
	// TriggerSuffix makes hosts of functions: {function}.{suffix} is the HTTP
	// trigger of a function of FC 3.0, {function}.{service}.{suffix} that of a
	// function of FC 2.0, wherever such a function exists. Names are looked up
	// as the client sent them and then without regard to case. Default
	// [DefaultTriggerSuffix].
	TriggerSuffix string
	// Limits replace both generations' limits where its fields are set.
	Limits Limits
	// Concurrency is how many invocations run at once, over all functions.
	// Those beyond it wait for QueueTimeout, and are then turned away with
	// ResourceThrottled. Default 0, no limit.
	Concurrency int
	// TenantConcurrency is how many invocations run at once for each tenant, see
	// [runner.FunctionConfig.WithTenant]. Those beyond it wait for QueueTimeout,
	// and are then turned away with ResourceExhausted. Default 0, no limit.
	TenantConcurrency int
	// QueueTimeout is how long an invocation waits for its turn under the two
	// limits above, and MaxQueue how many do so at once under each; -1 lets none
	// wait. Defaults [DefaultQueueTimeout] and [DefaultMaxQueue].
	QueueTimeout time.Duration
	MaxQueue     int
	// Attachment makes browsers download what the HTTP triggers' own URLs answer:
	// Content-Disposition is attachment there, and left alone on custom domains.
	// FC does so on its own domains. Default false.
	Attachment bool
	// PublicLog lets callers of subdomains and custom domains ask for the log by
	// X-Fc-Log-Type. Default false: they may be anybody. The API paths always
	// allow it.
	PublicLog bool
	// Logger takes what went wrong inside wafer. nil, the default, discards it.
	Logger *slog.Logger
	// Record is called with every request when it is over, on its goroutine: it
	// should be quick. nil, the default, records nothing.
	Record func(*Record)
	// HeadTimeout limits how long a new connection may take to its first byte,
	// to agree on TLS, and then each request's head to arrive.
	HeadTimeout time.Duration
	// ReadTimeout limits how long a request's body may take to arrive, beyond
	// the second that it gets for every MinBodyRate bytes that have arrived. So
	// large bodies may take their time, and clients that trickle may not.
	ReadTimeout time.Duration
	MinBodyRate int
	// IdleTimeout limits how long a connection may wait for its next request.
	IdleTimeout time.Duration
	// WriteTimeout limits how long a client may take to accept an answer, or
	// each 256 KiB of a larger one, or each piece of a streamed one.
	WriteTimeout time.Duration
	// CompressFrom is from how many bytes on answers over HTTP triggers are
	// compressed by gzip or zstd, where the client accepts that, the type is one
	// of text, and the function did not compress them itself. Streamed ones are,
	// whatever their length, and each piece still leaves as it is written.
	// Results of the invocation API never are. Less than 0 compresses nothing.
	CompressFrom int
	// Decompress undoes gzip and zstd of request bodies, for functions that do
	// not know them: they see the plain body, without Content-Encoding. The
	// limits of bodies are those of the plain one. Payloads of the invocation
	// API stay as they are: a handler does not see how one is coded. Default
	// false, as on FC: bodies reach the function as they were sent.
	Decompress bool
	// MaxConns is how many connections are open at once, over all listeners.
	// Those beyond it are answered with ResourceThrottled and closed.
	MaxConns int
	// MaxConnsPerClient is how many of them one client address may have; in
	// IPv6 that is a network of 64 bits. Those beyond it are answered with
	// ResourceExhausted and closed. Default 0, no limit: behind a proxy there is
	// but one address.
	MaxConnsPerClient int
	// BodyMemory is how many bytes of request bodies over [smallBody], and of
	// answers over [maxBuffered] that wait for their clients, may be held at once,
	// over all requests. What does not fit is turned away.
	BodyMemory int64
}

// withDefaults fills in zero fields and reports everything that is wrong.
func (c Config) withDefaults() (Config, error) {
	var errs []error
	if c.Functions == nil {
		errs = append(errs, errors.New("front: config: Functions is not set"))
	}
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	for _, d := range []struct {
		what     string
		d        *time.Duration
		fallback time.Duration
	}{
		{"HeadTimeout", &c.HeadTimeout, DefaultHeadTimeout},
		{"ReadTimeout", &c.ReadTimeout, DefaultReadTimeout},
		{"IdleTimeout", &c.IdleTimeout, DefaultIdleTimeout},
		{"WriteTimeout", &c.WriteTimeout, DefaultWriteTimeout},
		{"QueueTimeout", &c.QueueTimeout, DefaultQueueTimeout},
	} {
		if *d.d == 0 {
			*d.d = d.fallback
		}
		if *d.d < 0 {
			errs = append(errs, fmt.Errorf("front: config: %s is %v, want over 0", d.what, *d.d))
		}
	}
	for _, n := range []struct {
		what     string
		n        *int
		fallback int
		least    int
	}{
		{"MaxConns", &c.MaxConns, DefaultMaxConns, 1},
		{"MaxConnsPerClient", &c.MaxConnsPerClient, 0, 0},
		{"MinBodyRate", &c.MinBodyRate, DefaultMinBodyRate, 1},
		{"MaxQueue", &c.MaxQueue, DefaultMaxQueue, -1},
		{"Concurrency", &c.Concurrency, 0, 0},
		{"TenantConcurrency", &c.TenantConcurrency, 0, 0},
	} {
		if *n.n == 0 {
			*n.n = n.fallback
		}
		if *n.n < n.least {
			errs = append(errs, fmt.Errorf("front: config: %s is %d, want at least %d", n.what, *n.n, n.least))
		}
	}
	if c.CompressFrom == 0 {
		c.CompressFrom = DefaultCompressFrom
	}
	if c.BodyMemory == 0 {
		c.BodyMemory = DefaultBodyMemory
	}
	if c.BodyMemory < 0 {
		errs = append(errs, fmt.Errorf("front: config: BodyMemory is %d, want over 0", c.BodyMemory))
	}
	if c.TriggerSuffix == "" {
		c.TriggerSuffix = DefaultTriggerSuffix
	}
	if strings.Trim(c.TriggerSuffix, ".") != c.TriggerSuffix || strings.ContainsAny(c.TriggerSuffix, "/: \t") {
		errs = append(errs, fmt.Errorf("front: config: TriggerSuffix is %q, want a host name without a port", c.TriggerSuffix))
	}
	return c, errors.Join(append(errs, c.Limits.Validate())...)
}
