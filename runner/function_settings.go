package runner

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"github.com/wafer-run/wafer/hostfns/logs"
)

// What a [FunctionConfig] says, for those who run functions by other means
// than this package.

// Name returns the function's name.
func (c FunctionConfig) Name() string { return c.name }

// Service returns the FC 2.0 service, empty for none.
func (c FunctionConfig) Service() string { return c.service }

// Memory returns the memory limit in MB.
func (c FunctionConfig) Memory() int { return c.memory }

// Timeout returns how long one invocation may take.
func (c FunctionConfig) Timeout() time.Duration { return c.timeout }

// Handler returns the handler's name as the context shows it.
func (c FunctionConfig) Handler() string { return c.handler }

// Qualifier returns what the function is called by, and Version what that
// stands for.
func (c FunctionConfig) Qualifier() string { return c.qualifier }

// Version returns the version that the qualifier stands for.
func (c FunctionConfig) Version() string { return c.version }

// LogSource is what every line of the function's log says of it, for the
// instance of that id. Where no version was named it is LATEST, as it is in
// answers and records of requests.
func (c FunctionConfig) LogSource(instanceID string) logs.Source {
	return logs.Source{
		Service: c.service, Function: c.name, Qualifier: cmp.Or(c.qualifier, DefaultQualifier),
		Version: cmp.Or(c.version, DefaultQualifier), InstanceID: instanceID,
	}
}

// Region returns the region that the context shows.
func (c FunctionConfig) Region() string { return c.region }

// Account returns the account that the context shows.
func (c FunctionConfig) Account() string { return c.account }

// LogStore returns the log project and store that the context shows.
func (c FunctionConfig) LogStore() (project, store string) { return c.logProject, c.logStore }

// Credentials returns the keys that the context shows.
func (c FunctionConfig) Credentials() Credentials { return c.credentials }

// InitializationTimeout returns how long the start of an instance, and then its
// initializer, may take, each.
func (c FunctionConfig) InitializationTimeout() time.Duration { return c.initTimeout }

// HookTimeouts returns how long the pre-freeze and the pre-stop hook may take.
func (c FunctionConfig) HookTimeouts() (preFreeze, preStop time.Duration) {
	return c.freezeTimeout, c.stopTimeout
}

// Env returns a copy of the environment.
func (c FunctionConfig) Env() map[string]string { return maps.Clone(c.env) }

// MaxInstances returns how many instances may exist.
func (c FunctionConfig) MaxInstances() int { return c.maxInstances }

// Concurrency returns how many invocations may run in one instance at once.
func (c FunctionConfig) Concurrency() int { return c.concurrency }

// MaxInvocations returns after how many invocations an instance is retired, 0
// for never.
func (c FunctionConfig) MaxInvocations() int { return c.maxInvocations }

// Queue returns how many invocations may wait for an instance, and how long.
func (c FunctionConfig) Queue() (int, time.Duration) { return c.maxQueue, c.queueTimeout }

// IdleTimeout returns how long an instance may sit idle.
func (c FunctionConfig) IdleTimeout() time.Duration { return c.idleTimeout }

// RestTime returns how long an instance is idle before it rests, 0 for never.
func (c FunctionConfig) RestTime() time.Duration { return c.restTime }

// MaxEvent returns the limit of an event or request body in bytes.
func (c FunctionConfig) MaxEvent() int { return c.maxEvent }

// MaxPayload returns the limit of a result in bytes.
func (c FunctionConfig) MaxPayload() int { return c.maxPayload }

// Granted reports whether the function may use a capability.
func (c FunctionConfig) Granted(name string) bool { return slices.Contains(c.grants, name) }

// Isolation returns what invocations share.
func (c FunctionConfig) Isolation() Isolation { return c.isolation }

// CPU returns the share of a CPU an instance may use, 0 for no limit.
func (c FunctionConfig) CPU() float64 { return c.cpu }

// Spares returns how many idle instances are kept ready while there is demand.
func (c FunctionConfig) Spares() int { return c.spares }

// Server returns where a program that is a server listens, and its hooks.
func (c FunctionConfig) Server() Server { return c.server }

// Checksum returns what stands for the function's code, 0 for its own checksum.
func (c FunctionConfig) Checksum() uint64 { return c.checksum }

// Tenant returns on whose account the function runs.
func (c FunctionConfig) Tenant() string { return c.tenant }
