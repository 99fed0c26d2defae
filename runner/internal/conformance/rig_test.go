package conformance_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"net"
	"net/http"
	"testing"
	"time"

	"github.com/wafer-run/wafer/runner"
	"github.com/wafer-run/wafer/runner/internal/certificate/certificatetest"
	"github.com/wafer-run/wafer/runner/internal/front"
)

// functions are those that the package comment of conformance lists.
var functions = []struct {
	name, kind string
	trigger    *front.Trigger
	change     func(runner.FunctionConfig) runner.FunctionConfig
	only3      bool
}{
	{name: "event", kind: "event"},
	{name: "slow", kind: "event", change: slow},
	{name: "trigger", kind: "trigger", only3: true},
	{name: "web", kind: "web", trigger: &front.Trigger{Methods: []string{"GET", "POST", "PUT", "DELETE", "HEAD", "PATCH", "OPTIONS"}}},
	{name: "slow-web", kind: "web", change: slow},
	{name: "get", kind: "web", trigger: &front.Trigger{Methods: []string{"GET", "HEAD"}}},
	{name: "closed", kind: "web", trigger: &front.Trigger{Methods: []string{"GET"}, DisableURLInternet: true}},
	{name: "untriggered", kind: "web", trigger: &front.Trigger{}},
	{name: "single", kind: "web", change: func(c runner.FunctionConfig) runner.FunctionConfig {
		return c.WithMaxInstances(1).WithQueue(0, 0)
	}},
}

func slow(c runner.FunctionConfig) runner.FunctionConfig { return c.WithTimeout(time.Second) }

// key names a deployed function.
type key struct{ service, name, qualifier string }

// deployed is a [front.Functions] and [front.Domains].
type deployed struct {
	targets map[key]front.Target
	domain  *front.Domain
}

// Lookup implements [front.Functions].
func (d *deployed) Lookup(service, name, qualifier string) (front.Target, error) {
	if t, ok := d.targets[key{service, name, qualifier}]; ok {
		return t, nil
	}
	switch _, ok := d.targets[key{service, name, runner.DefaultQualifier}]; {
	case ok:
		return front.Target{}, front.ErrQualifierNotFound
	case service != "" && service != "conformance":
		return front.Target{}, front.ErrServiceNotFound
	}
	return front.Target{}, front.ErrFunctionNotFound
}

// Single implements [front.Functions].
func (d *deployed) Single() (front.Target, bool) { return front.Target{}, false }

// Domain implements [front.Domains].
func (d *deployed) Domain(host string) (*front.Domain, bool) {
	return d.domain, host == d.domain.Name()
}

// loader makes functions.
type loader struct {
	// load makes one of the kinds event, trigger and web.
	load func(cfg runner.FunctionConfig, kind string) front.Function
	// broken deploys functions that cannot be started; nil where there are none.
	broken func(d *deployed)
}

// serve deploys functions and serves them.
func serve(t *testing.T, makes func() loader) (base string) {
	t.Helper()
	warmUp(t)
	d := &deployed{targets: map[key]front.Target{}, domain: domain(t)}
	load := makes()
	if load.broken != nil {
		load.broken(d)
	}
	for _, service := range []string{"", "conformance"} {
		for _, f := range functions {
			if service != "" && f.only3 {
				continue
			}
			cfg := runner.NewFunctionConfig("conformance-" + f.name).WithService(service).WithMemory(128).
				WithEnv(map[string]string{"CONFORMANCE": f.kind})
			if f.change != nil {
				cfg = f.change(cfg)
			}
			d.deploy(load.load, cfg, f.kind, f.trigger)
		}
	}
	return listen(t, front.Config{Functions: d, Domains: d})
}

// listen runs a server until the test ends.
func listen(t *testing.T, cfg front.Config) (base string) {
	t.Helper()
	return "http://" + run(t, cfg, (*front.Server).Serve)
}

// listenTLS is listen over HTTPS. config is what a client needs.
func listenTLS(t *testing.T, cfg front.Config) (base string, config *tls.Config) {
	t.Helper()
	cert, key := certificatetest.Pair(t, "conformance", time.Hour, "127.0.0.1")
	pair, err := tls.X509KeyPair(cert, key)
	if err != nil {
		t.Fatal(err)
	}
	config = &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: x509.NewCertPool()}
	config.RootCAs.AppendCertsFromPEM(cert)
	server := &tls.Config{MinVersion: tls.VersionTLS12, Certificates: []tls.Certificate{pair}}
	return "https://" + run(t, cfg, func(s *front.Server, ln net.Listener) error { return s.ServeTLS(ln, server) }), config
}

// run runs a server until the test ends.
func run(t *testing.T, cfg front.Config, serve func(*front.Server, net.Listener) error) (addr string) {
	t.Helper()
	s, err := front.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- serve(s, ln) }()
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
		defer cancel()
		if err := s.Shutdown(ctx); err != nil {
			t.Error(err)
		}
		if err := <-served; err != nil {
			t.Error(err)
		}
	})
	return ln.Addr().String()
}

// warmUp makes the goroutines that fasthttp keeps for seconds or for good, so
// that no runner seems to leak them.
func warmUp(t *testing.T) {
	t.Helper()
	base := listen(t, front.Config{Functions: &deployed{}})
	res, err := http.Get(base)
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	http.DefaultClient.CloseIdleConnections()
}

// deploy makes a function by all of its names that rows use.
func (d *deployed) deploy(load func(runner.FunctionConfig, string) front.Function, cfg runner.FunctionConfig, kind string, trigger *front.Trigger) {
	d.targets[key{cfg.Service(), cfg.Name(), runner.DefaultQualifier}] = front.Target{Function: load(cfg, kind), Trigger: trigger}
	if cfg.Name() == "conformance-event" || cfg.Name() == "conformance-web" {
		d.targets[key{cfg.Service(), cfg.Name(), "prod"}] = front.Target{
			Function: load(cfg.WithVersion("prod", "1"), kind), Version: "1", Trigger: trigger,
		}
	}
}

func domain(t *testing.T) *front.Domain {
	t.Helper()
	d, err := front.NewDomain("conformance.example.com", front.HTTPOnly, []front.Route{
		{Path: "/*", Function: "conformance-web"},
		{Path: "/two/*", Service: "conformance", Function: "conformance-web"},
		{Path: "/two/prod/*", Service: "conformance", Function: "conformance-web", Qualifier: "prod"},
		{Path: "/exact", Function: "conformance-trigger"},
		{Path: "/event/*", Function: "conformance-trigger"},
		{Path: "/post", Function: "conformance-web", Methods: []string{"POST"}},
		{Path: "/old/*", Function: "conformance-web", Rewrite: &front.Rewrite{
			Equal:    []front.RewriteRule{{Match: "/old/index", Replacement: "/new"}},
			Wildcard: []front.RewriteRule{{Match: "/old/img/*", Replacement: "/pictures/$1"}},
			Regex:    []front.RewriteRule{{Match: `^/old/u/(\d+)$`, Replacement: "/users/$1"}},
		}},
	})
	if err != nil {
		t.Fatal(err)
	}
	return d
}
