package runner

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"
)

// Limits and defaults of [FunctionConfig]. They are Function Compute's where it
// documents one.
const (
	DefaultMemory       = 512               // MB
	MinMemory           = 16                // MB; FC's own minimum is 128
	MaxMemory           = 4096              // MB of a module, what a 32-bit memory can hold
	MaxNativeMemory     = 32768             // MB of a native program, FC's own maximum
	DefaultTimeout      = 60 * time.Second  // FC's console default; its API default is 3 s
	MaxTimeout          = 24 * time.Hour    //
	DefaultInitTimeout  = 60 * time.Second  //
	MaxInitTimeout      = 300 * time.Second //
	DefaultHookTimeout  = 3 * time.Second   // pre-freeze and pre-stop
	MaxHookTimeout      = 90 * time.Second  //
	DefaultMaxInstances = 100               //
	DefaultConcurrency  = 1                 // invocations at once in one instance
	MaxConcurrency      = 200               // FC's instanceConcurrency
	DefaultQueueTimeout = 5 * time.Second   //
	DefaultMaxQueue     = 1000              // invocations waiting for an instance
	DefaultIdleTimeout  = 5 * time.Minute   //
	DefaultRestTime     = 5 * time.Second   //
	DefaultMaxEvent     = 32 << 20          // bytes
	DefaultMaxPayload   = 32 << 20          // bytes
	DefaultQualifier    = "LATEST"          //
	defaultHandler      = "main"            //
	maxName             = 128               // bytes of a function name
)

// FunctionConfig configures a [Function]. It is immutable like [Config]. Start
// from [NewFunctionConfig]; mistakes are reported by [Runner.Load].
type FunctionConfig struct {
	name, handler        string
	service, qualifier   string
	version              string
	region, account      string
	logProject, logStore string
	credentials          Credentials

	memory         int
	timeout        time.Duration
	initTimeout    time.Duration
	freezeTimeout  time.Duration
	stopTimeout    time.Duration
	env            map[string]string
	maxInstances   int
	concurrency    int
	maxInvocations int
	maxQueue       int
	queueTimeout   time.Duration
	idleTimeout    time.Duration
	restTime       time.Duration
	maxEvent       int
	maxPayload     int
	grants         []string
	isolation      Isolation
	snapshot       SnapshotMode
	warmup         [][]byte
	cpu            float64
	spares         int
	tenant         string
	checksum       uint64
	server         Server
}

// NewFunctionConfig returns the defaults for a function of that name: the
// constants above, an empty environment, and the grant "logs".
func NewFunctionConfig(name string) FunctionConfig {
	return FunctionConfig{
		name: name, handler: defaultHandler, qualifier: DefaultQualifier,
		memory: DefaultMemory, timeout: DefaultTimeout, initTimeout: DefaultInitTimeout,
		freezeTimeout: DefaultHookTimeout, stopTimeout: DefaultHookTimeout,
		maxInstances: DefaultMaxInstances, concurrency: DefaultConcurrency, maxQueue: DefaultMaxQueue,
		queueTimeout: DefaultQueueTimeout, idleTimeout: DefaultIdleTimeout, restTime: DefaultRestTime,
		maxEvent: DefaultMaxEvent, maxPayload: DefaultMaxPayload,
		grants: []string{"logs"},
	}
}

// Credentials are the temporary keys that a function finds in its context.
type Credentials struct {
	AccessKeyID, AccessKeySecret, SecurityToken string
}

// WithHandler sets the handler's name as the context shows it. Default main.
func (c FunctionConfig) WithHandler(handler string) FunctionConfig {
	c.handler = handler
	return c
}

// WithService sets the service of the FC 2.0 model. Default none.
func (c FunctionConfig) WithService(service string) FunctionConfig {
	c.service = service
	return c
}

// WithVersion sets the qualifier the function is called by (default LATEST)
// and the version it stands for.
func (c FunctionConfig) WithVersion(qualifier, version string) FunctionConfig {
	c.qualifier, c.version = qualifier, version
	return c
}

// WithRegion sets the region and the account that the context shows.
func (c FunctionConfig) WithRegion(region, account string) FunctionConfig {
	c.region, c.account = region, account
	return c
}

// WithLogStore sets the log project and store that the context shows.
func (c FunctionConfig) WithLogStore(project, store string) FunctionConfig {
	c.logProject, c.logStore = project, store
	return c
}

// WithCredentials sets the keys that the context shows. Default none.
func (c FunctionConfig) WithCredentials(keys Credentials) FunctionConfig {
	c.credentials = keys
	return c
}

// WithMemory limits the linear memory of an instance, in MB, or all memory of a
// native one. Default [DefaultMemory]; at most [MaxMemory], or [MaxNativeMemory].
func (c FunctionConfig) WithMemory(mb int) FunctionConfig {
	c.memory = mb
	return c
}

// WithTimeout limits one invocation. Default [DefaultTimeout].
func (c FunctionConfig) WithTimeout(d time.Duration) FunctionConfig {
	c.timeout = d
	return c
}

// WithInitializationTimeout limits the boot of an instance, and then its
// initializer, each. Default [DefaultInitTimeout].
func (c FunctionConfig) WithInitializationTimeout(d time.Duration) FunctionConfig {
	c.initTimeout = d
	return c
}

// WithHookTimeouts limits the pre-freeze and the pre-stop hook. Default
// [DefaultHookTimeout] each.
func (c FunctionConfig) WithHookTimeouts(preFreeze, preStop time.Duration) FunctionConfig {
	c.freezeTimeout, c.stopTimeout = preFreeze, preStop
	return c
}

// WithEnv sets the whole environment. Guests see nothing else of the host's.
func (c FunctionConfig) WithEnv(env map[string]string) FunctionConfig {
	c.env = maps.Clone(env)
	return c
}

// WithMaxInstances limits how many instances may exist, and so, times the
// concurrency, how many invocations run at once. Default [DefaultMaxInstances].
func (c FunctionConfig) WithMaxInstances(n int) FunctionConfig {
	c.maxInstances = n
	return c
}

// WithConcurrency says how many invocations may run in one instance at once.
// Default [DefaultConcurrency]. Handlers that are called once per event take
// one at a time whatever it says; servers take several.
func (c FunctionConfig) WithConcurrency(n int) FunctionConfig {
	c.concurrency = n
	return c
}

// WithMaxInvocations retires an instance after n invocations. Default 0, never.
func (c FunctionConfig) WithMaxInvocations(n int) FunctionConfig {
	c.maxInvocations = n
	return c
}

// WithQueue limits how many invocations may wait for an instance, and for how
// long. Defaults [DefaultMaxQueue] and [DefaultQueueTimeout].
func (c FunctionConfig) WithQueue(n int, d time.Duration) FunctionConfig {
	c.maxQueue, c.queueTimeout = n, d
	return c
}

// WithIdleTimeout says how long an instance may sit idle before it is
// destroyed. Default [DefaultIdleTimeout].
func (c FunctionConfig) WithIdleTimeout(d time.Duration) FunctionConfig {
	c.idleTimeout = d
	return c
}

// WithRestTime sets how long an instance is idle before it rests: its memory is
// kept as what differs from the snapshot, some KB, and its next invocation takes
// longer, as if it were new. Nothing else changes. Default [DefaultRestTime]; 0
// keeps instances as they are.
func (c FunctionConfig) WithRestTime(d time.Duration) FunctionConfig {
	c.restTime = d
	return c
}

// WithMaxEvent limits the size of an event or request body in bytes. Default
// [DefaultMaxEvent].
func (c FunctionConfig) WithMaxEvent(n int) FunctionConfig {
	c.maxEvent = n
	return c
}

// WithMaxPayload limits the size of a result in bytes. Default
// [DefaultMaxPayload].
func (c FunctionConfig) WithMaxPayload(n int) FunctionConfig {
	c.maxPayload = n
	return c
}

// WithGrant lets the function use a capability, by its name.
func (c FunctionConfig) WithGrant(name string) FunctionConfig {
	if !slices.Contains(c.grants, name) {
		c.grants = append(slices.Clip(slices.Clone(c.grants)), name)
	}
	return c
}

// WithoutGrant takes a grant back, also one of the defaults.
func (c FunctionConfig) WithoutGrant(name string) FunctionConfig {
	c.grants = slices.DeleteFunc(slices.Clone(c.grants), func(g string) bool { return g == name })
	return c
}

// WithIsolation says what invocations share. Default [IsolationInstance].
func (c FunctionConfig) WithIsolation(i Isolation) FunctionConfig {
	c.isolation = i
	return c
}

// WithSnapshot says what instances start from. Default [SnapshotBoot]. Guests
// that cannot be saved boot each time; [Function.Inspect] says why.
func (c FunctionConfig) WithSnapshot(m SnapshotMode) FunctionConfig {
	c.snapshot = m
	return c
}

// WithWarmup calls the handler with each event, in order, before the snapshot
// is taken, so that later instances find caches filled and memory laid out.
// The handler must bear being called with them. The initializer runs first.
// A handler that takes HTTP gets the request that the event describes, in JSON
// like an HTTPTriggerEvent, and any other event as the body of POST /; its
// answer may have any status. A program that is a server gets all events as
// [Function.Invoke] sends them.
// Where one of them fails, the snapshot does without all of them, and
// [Function.Inspect] says why.
func (c FunctionConfig) WithWarmup(events ...[]byte) FunctionConfig {
	c.warmup = nil
	for _, e := range events {
		c.warmup = append(c.warmup, slices.Clone(e))
	}
	return c
}

// WithCPU limits each instance to a share of one CPU: 0.5 lets it run half of
// the time. Default 0, no limit. Above 1 there is nothing to limit: a guest
// has one thread.
func (c FunctionConfig) WithCPU(share float64) FunctionConfig {
	c.cpu = share
	return c
}

// WithSpares keeps n idle instances ready while there is demand: taking one
// makes another in the background, so that a burst finds them made. Default 0.
func (c FunctionConfig) WithSpares(n int) FunctionConfig {
	c.spares = n
	return c
}

// WithTenant says on whose account the function runs; see [Runner.Tenant].
// Default the empty tenant.
func (c FunctionConfig) WithTenant(name string) FunctionConfig {
	c.tenant = name
	return c
}

// WithChecksum sets the CRC-64 (ECMA) that stands for the function's code in
// results, that of the package which the code is from. Default: of the module, or
// of the start file of a native program.
func (c FunctionConfig) WithChecksum(sum uint64) FunctionConfig {
	c.checksum = sum
	return c
}

// WithServer says where a program that is a server listens, and which hooks it
// has. Other programs do not need it. Default port 9000 and no hooks.
func (c FunctionConfig) WithServer(s Server) FunctionConfig {
	c.server = s
	return c
}

// Validate reports everything that is wrong, joined, with modules and native
// programs alike. [Runner.Load] calls it.
func (c FunctionConfig) Validate() error {
	var errs []error
	bad := func(what string, got any, want string) {
		errs = append(errs, fmt.Errorf("runner: config of function %q: %s is %v, want %s", c.name, what, got, want))
	}
	if c.name == "" || len(c.name) > maxName {
		bad("the name's length", len(c.name), fmt.Sprintf("1 to %d bytes", maxName))
	}
	if c.memory < MinMemory || c.memory > MaxNativeMemory {
		bad("memory", c.memory, fmt.Sprintf("%d to %d MB", MinMemory, MaxNativeMemory))
	}
	for _, t := range []struct {
		what string
		d    time.Duration
		most time.Duration
	}{
		{"timeout", c.timeout, MaxTimeout},
		{"initialization timeout", c.initTimeout, MaxInitTimeout},
		{"pre-freeze timeout", c.freezeTimeout, MaxHookTimeout},
		{"pre-stop timeout", c.stopTimeout, MaxHookTimeout},
	} {
		if t.d <= 0 || t.d > t.most {
			bad(t.what, t.d, fmt.Sprintf("over 0 and at most %v", t.most))
		}
	}
	if c.concurrency < 1 || c.concurrency > MaxConcurrency {
		bad("the concurrency of an instance", c.concurrency, fmt.Sprintf("1 to %d", MaxConcurrency))
	}
	for _, n := range []struct {
		what string
		n    int
		min  int
	}{
		{"the number of instances", c.maxInstances, 1},
		{"the number of invocations per instance", c.maxInvocations, 0},
		{"the number of spares", c.spares, 0},
		{"the queue's length", c.maxQueue, 0},
		{"the event limit", c.maxEvent, 0},
		{"the payload limit", c.maxPayload, 0},
	} {
		if n.n < n.min {
			bad(n.what, n.n, fmt.Sprintf("at least %d", n.min))
		}
	}
	if c.cpu < 0 || c.cpu > 16 {
		bad("the CPU share", c.cpu, "0 (no limit) to 16")
	}
	if c.server.Port < 0 || c.server.Port > 65535 {
		bad("the server's port", c.server.Port, "1 to 65535")
	}
	if int(c.isolation) >= len(isolationNames) {
		bad("isolation", uint8(c.isolation), "instance or request")
	}
	if int(c.snapshot) >= len(snapshotNames) {
		bad("the snapshot mode", uint8(c.snapshot), "off, boot or init")
	}
	for k := range c.env {
		if k == "" || slices.Contains([]byte(k), '=') || slices.Contains([]byte(k), 0) {
			bad("the name of an environment variable", fmt.Sprintf("%q", k), "neither empty nor with = or NUL in it")
		}
	}
	return errors.Join(errs...)
}

// validateModule reports what is wrong for a module in particular, too.
func (c FunctionConfig) validateModule() error {
	err := c.Validate()
	if c.memory > MaxMemory && c.memory <= MaxNativeMemory {
		err = errors.Join(err, fmt.Errorf("runner: config of function %q: memory is %d, want %d to %d MB: a module cannot address more (a native program can have %d)",
			c.name, c.memory, MinMemory, MaxMemory, MaxNativeMemory))
	}
	return err
}
