package runner

import (
	"cmp"
	"strconv"
	"strings"

	"github.com/wafer-run/wafer/abi"
	"github.com/wafer-run/wafer/runner/internal/fccontext"
)

// DefaultPort is where a server listens, FC's default of caPort.
const DefaultPort = 9000

// Server configures a function whose program is an HTTP server: one that
// listens, instead of calling fc.Start. It gets its requests through its
// listener, in the form of FC's custom runtime: HTTP requests as they are, with
// FC's common headers; events as POST /invoke; the hooks below as requests, too.
//
// Up to [FunctionConfig.WithConcurrency] requests are in flight in an instance
// at once; with [IsolationRequest] it is one, and the instance starts from its
// snapshot with no connection open. An instance runs while there are requests,
// and not in between: timers that are due then fire with the next one.
//
// A request that runs into its deadline, or whose caller leaves, has its
// connection closed, which cancels its context in the program. When it is the
// only one in its instance, its deadline ends the instance with it. Otherwise
// the handler has a second to end; after that the instance gets no further
// requests, and is destroyed when it has served the others, or at once when it
// does not come to serve them.
type Server struct {
	// Port is what the program listens on, 1 to 65535. Default [DefaultPort].
	// Its environment has it as FC_SERVER_PORT and FC_CUSTOM_LISTEN_PORT.
	Port int
	// Initializer, PreFreeze and PreStop tell that the program answers POST
	// /initialize, GET /pre-freeze and GET /pre-stop. Others are never sent.
	// An answer that is no 2xx is a failure.
	Initializer, PreFreeze, PreStop bool
	// Named is what the handlers of hooks are called in FC's headers. Default:
	// initialize, pre-freeze and pre-stop, after their paths.
	Named HookHandlers
}

// HookHandlers are the handlers of lifecycle hooks, as FC's configuration of a
// function names them.
type HookHandlers struct{ Initializer, PreFreeze, PreStop string }

// Handlers returns the handlers of the hooks that the server has, and empty names
// for others.
func (s Server) Handlers() HookHandlers {
	name := func(has bool, name, path string) string {
		if !has {
			return ""
		}
		return cmp.Or(name, strings.TrimPrefix(path, "/"))
	}
	return HookHandlers{
		Initializer: name(s.Initializer, s.Named.Initializer, pathInitialize),
		PreFreeze:   name(s.PreFreeze, s.Named.PreFreeze, pathPreFreeze),
		PreStop:     name(s.PreStop, s.Named.PreStop, pathPreStop),
	}
}

// hooks are those that are configured, as a handler would report them.
func (s Server) hooks() (h abi.Hooks) {
	if s.Initializer {
		h |= abi.HookInitialize
	}
	if s.PreFreeze {
		h |= abi.HookPreFreeze
	}
	if s.PreStop {
		h |= abi.HookPreStop
	}
	return h
}

// port is the port with the default filled in.
func (s Server) port() int {
	if s.Port == 0 {
		return DefaultPort
	}
	return s.Port
}

// environ is the environment of a server: what FC's custom runtimes find in
// theirs, as far as it is the same for all instances. The configured one comes
// first, but cannot set these names.
func (c FunctionConfig) environ() []string {
	env := c.Env()
	if env == nil {
		env = map[string]string{}
	}
	port := strconv.Itoa(c.server.port())
	for _, v := range append(c.described().Environment(),
		abi.Pair{Key: "FC_SERVER_PORT", Value: port}, abi.Pair{Key: "FC_CUSTOM_LISTEN_PORT", Value: port}) {
		if v.Value == "" {
			delete(env, v.Key)
			continue
		}
		env[v.Key] = v.Value
	}
	return environ(env)
}

// described is what a server is told about its function.
func (c FunctionConfig) described() *fccontext.Function {
	hooks := c.server.Handlers()
	return &fccontext.Function{
		Runtime: "custom", Name: c.name, Handler: c.handler, Memory: c.memory, Timeout: c.timeout,
		Region: c.region, Account: c.account, Qualifier: c.qualifier, Version: c.version,
		Service: c.service, LogProject: c.logProject, LogStore: c.logStore,
		Initializer: hooks.Initializer, InitializationTimeout: c.initTimeout,
		PreFreeze: hooks.PreFreeze, PreStop: hooks.PreStop,
	}
}
