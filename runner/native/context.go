package native

import (
	"net/http"
	"slices"

	"github.com/wafer-run/wafer/abi"
	"github.com/wafer-run/wafer/runner"
	"github.com/wafer-run/wafer/runner/internal/fccontext"
)

// describe is what a program is told about its function.
func describe(cfg runner.FunctionConfig, p Program) *fccontext.Function {
	project, store := cfg.LogStore()
	server := cfg.Server() // which knows how hooks are named
	server.Initializer, server.PreFreeze, server.PreStop = p.Initializer, p.PreFreeze, p.PreStop
	hooks := server.Handlers()
	return &fccontext.Function{
		Runtime: p.Kind.String(), Name: cfg.Name(), Handler: cfg.Handler(), Memory: cfg.Memory(), Timeout: cfg.Timeout(),
		Region: cfg.Region(), Account: cfg.Account(), Qualifier: cfg.Qualifier(), Version: cfg.Version(),
		Service: cfg.Service(), LogProject: project, LogStore: store,
		Initializer: hooks.Initializer, InitializationTimeout: cfg.InitializationTimeout(),
		PreFreeze: hooks.PreFreeze, PreStop: hooks.PreStop,
	}
}

// commonContext is the part of the invocation context that never changes, as
// headers: in the spelling of the custom runtime, or of the runtime API, where
// the timeout is that of each call.
func commonContext(about *fccontext.Function, kind Kind) []abi.Pair {
	list := about.Headers()
	if kind == Custom {
		return list
	}
	list = slices.DeleteFunc(list, func(h abi.Pair) bool { return h.Key == "x-fc-function-timeout" })
	return canonical(list)
}

// canonical spells headers in place as Go does.
func canonical(list []abi.Pair) []abi.Pair {
	for i := range list {
		list[i].Key = http.CanonicalHeaderKey(list[i].Key)
	}
	return list
}

// contextOf is the context of a call, without what depends on the driver.
func (f *Function) contextOf(c *call) []abi.Pair {
	keys := f.cfg.Credentials()
	if c.ev.Credentials != (runner.Credentials{}) {
		keys = c.ev.Credentials
	}
	own := fccontext.Call{
		AccessKeyID: keys.AccessKeyID, AccessKeySecret: keys.AccessKeySecret, SecurityToken: keys.SecurityToken,
		RetryCount:  c.ev.RetryCount,
		SpanContext: c.ev.Tracing.SpanContext, JaegerEndpoint: c.ev.Tracing.JaegerEndpoint, SpanBaggages: c.ev.Tracing.SpanBaggages,
	}
	return own.AppendHeaders(append(make([]abi.Pair, 0, len(f.context)+10), f.context...))
}
