package native

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// Bounds and defaults of [HealthCheck] are FC's.
const (
	MaxInitialDelay         = 120 * time.Second
	DefaultHealthPeriod     = 3 * time.Second
	MaxHealthPeriod         = 120 * time.Second
	DefaultHealthTimeout    = time.Second
	MaxHealthTimeout        = 3 * time.Second
	DefaultFailureThreshold = 3
	DefaultSuccessThreshold = 1
	MaxHealthThreshold      = 120
)

// HealthCheck asks a [Custom] server over HTTP whether it is well, FC's
// customHealthCheckConfig: before the first invocation, and then on. Any status
// from 200 to 399 is a yes. An instance that fails it is replaced. Zero fields
// mean the defaults.
type HealthCheck struct {
	Path             string        // path and query to GET, for example /ready
	InitialDelay     time.Duration // before the first check; default 0
	Period           time.Duration // from check to check; default [DefaultHealthPeriod]
	Timeout          time.Duration // of one check; default [DefaultHealthTimeout]
	FailureThreshold int           // failures in a row that mean no; default [DefaultFailureThreshold]
	SuccessThreshold int           // successes in a row that mean yes; default [DefaultSuccessThreshold]
}

// withDefaults fills in zero fields and reports everything that is wrong.
func (h HealthCheck) withDefaults() (HealthCheck, error) {
	var errs []error
	if !strings.HasPrefix(h.Path, "/") {
		errs = append(errs, fmt.Errorf("the path of the health check is %q, want one that begins with /", h.Path))
	}
	for _, d := range []struct {
		what           string
		d              *time.Duration
		fallback, most time.Duration
	}{
		{"initial delay", &h.InitialDelay, 0, MaxInitialDelay},
		{"period", &h.Period, DefaultHealthPeriod, MaxHealthPeriod},
		{"timeout", &h.Timeout, DefaultHealthTimeout, MaxHealthTimeout},
	} {
		if *d.d == 0 {
			*d.d = d.fallback
		}
		if *d.d < 0 || *d.d > d.most {
			errs = append(errs, fmt.Errorf("the %s of the health check is %v, want over 0 and at most %v", d.what, *d.d, d.most))
		}
	}
	for _, n := range []struct {
		what     string
		n        *int
		fallback int
	}{
		{"failure", &h.FailureThreshold, DefaultFailureThreshold},
		{"success", &h.SuccessThreshold, DefaultSuccessThreshold},
	} {
		if *n.n == 0 {
			*n.n = n.fallback
		}
		if *n.n < 0 || *n.n > MaxHealthThreshold {
			errs = append(errs, fmt.Errorf("the %s threshold of the health check is %d, want 1 to %d", n.what, *n.n, MaxHealthThreshold))
		}
	}
	return h, errors.Join(errs...)
}
