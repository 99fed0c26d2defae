package front

import (
	"errors"
	"fmt"
	"log/slog"
	"time"
)

// Defaults of [Config].
const (
	DefaultReadTimeout  = 60 * time.Second
	DefaultIdleTimeout  = 90 * time.Second
	DefaultWriteTimeout = 60 * time.Second
	DefaultMaxConns     = 64 << 10
	DefaultBodyMemory   = 1 << 30 // bytes
)

// Config configures a [Server]. Zero fields mean the defaults. The server keeps
// a copy.
type Config struct {
	// Functions is what there is to serve. It must be set.
	Functions Functions
	// Logger takes what went wrong inside wafer. nil, the default, discards it.
	Logger *slog.Logger
	// ReadTimeout limits how long a request may take to arrive, body included.
	ReadTimeout time.Duration
	// IdleTimeout limits how long a connection may wait for its next request.
	IdleTimeout time.Duration
	// WriteTimeout limits how long a client may take to accept an answer, or
	// each piece of a streamed one.
	WriteTimeout time.Duration
	// MaxConns is how many connections are served at once.
	MaxConns int
	// BodyMemory is how many bytes of request bodies over [smallBody] may be
	// held at once, over all requests. What does not fit is turned away.
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
		{"ReadTimeout", &c.ReadTimeout, DefaultReadTimeout},
		{"IdleTimeout", &c.IdleTimeout, DefaultIdleTimeout},
		{"WriteTimeout", &c.WriteTimeout, DefaultWriteTimeout},
	} {
		if *d.d == 0 {
			*d.d = d.fallback
		}
		if *d.d < 0 {
			errs = append(errs, fmt.Errorf("front: config: %s is %v, want over 0", d.what, *d.d))
		}
	}
	if c.MaxConns == 0 {
		c.MaxConns = DefaultMaxConns
	}
	if c.MaxConns < 0 {
		errs = append(errs, fmt.Errorf("front: config: MaxConns is %d, want over 0", c.MaxConns))
	}
	if c.BodyMemory == 0 {
		c.BodyMemory = DefaultBodyMemory
	}
	if c.BodyMemory < 0 {
		errs = append(errs, fmt.Errorf("front: config: BodyMemory is %d, want over 0", c.BodyMemory))
	}
	return c, errors.Join(errs...)
}
