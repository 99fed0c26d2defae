package runner

import (
	"slices"
	"strconv"

	"github.com/wafer-run/wafer/abi"
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
	port := strconv.Itoa(c.server.port())
	own := map[string]string{
		"FC_SERVER_PORT": port, "FC_CUSTOM_LISTEN_PORT": port,
		"FC_FUNCTION_NAME": c.name, "FC_FUNCTION_HANDLER": c.handler,
		"FC_FUNCTION_MEMORY_SIZE": strconv.Itoa(c.memory),
		"FC_REGION":               c.region, "FC_ACCOUNT_ID": c.account, "FC_SERVICE_NAME": c.service,
	}
	env := c.Env()
	if env == nil {
		env = map[string]string{}
	}
	for k, v := range own {
		if v == "" {
			delete(env, k)
			continue
		}
		env[k] = v
	}
	return environ(env)
}

// serverHeaders are the headers that every request to a server carries alike,
// in FC's spelling.
func (c FunctionConfig) serverHeaders() []abi.Pair {
	all := []abi.Pair{
		{Key: "x-fc-function-name", Value: c.name},
		{Key: "x-fc-function-handler", Value: c.handler},
		{Key: "x-fc-function-memory", Value: strconv.Itoa(c.memory)},
		{Key: "x-fc-function-timeout", Value: strconv.FormatInt((c.timeout.Milliseconds()+999)/1000, 10)},
		{Key: "x-fc-initialization-timeout", Value: strconv.FormatInt((c.initTimeout.Milliseconds()+999)/1000, 10)},
		{Key: "x-fc-region", Value: c.region},
		{Key: "x-fc-account-id", Value: c.account},
		{Key: "x-fc-qualifier", Value: c.qualifier},
		{Key: "x-fc-version-id", Value: c.version},
		{Key: "x-fc-service-name", Value: c.service},
		{Key: "x-fc-service-logproject", Value: c.logProject},
		{Key: "x-fc-service-logstore", Value: c.logStore},
	}
	for hook, name := range map[abi.Hooks]string{
		abi.HookInitialize: "x-fc-function-initializer",
		abi.HookPreFreeze:  "x-fc-instance-lifecycle-pre-freeze-handler",
		abi.HookPreStop:    "x-fc-instance-lifecycle-pre-stop-handler",
	} {
		if c.server.hooks()&hook != 0 {
			all = append(all, abi.Pair{Key: name, Value: "true"})
		}
	}
	return slices.DeleteFunc(all, func(h abi.Pair) bool { return h.Value == "" })
}
