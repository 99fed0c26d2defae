package fc

import "sync"

// RegisterInitializerFunction makes handler, a func (context.Context), run once
// per instance, before the first event. It must be called before Start; of
// several calls the last one counts.
func RegisterInitializerFunction(handler interface{}) { hooks.add(handler, typeInitializer) }

// RegisterPreFreezeFunction makes handler, a func (context.Context), run when
// the instance is about to sit idle. It must be called before Start; of several
// calls the last one counts.
func RegisterPreFreezeFunction(handler interface{}) { hooks.add(handler, typePreFreeze) }

// RegisterPreStopFunction makes handler, a func (context.Context), run when the
// instance is about to be destroyed. It must be called before Start; of several
// calls the last one counts.
func RegisterPreStopFunction(handler interface{}) { hooks.add(handler, typePreStop) }

// handlerWrapper is a registered hook.
type handlerWrapper struct {
	handler  interface{}
	funcType functionType
}

// hookList collects hooks until Start. It is safe for concurrent use.
type hookList struct {
	mu   sync.Mutex
	list []handlerWrapper
}

// hooks is package state because registering happens through package
// functions, before there is a Function to register with.
var hooks hookList

func (h *hookList) add(handler interface{}, funcType functionType) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.list = append(h.list, handlerWrapper{handler: handler, funcType: funcType})
}

func (h *hookList) all() []handlerWrapper {
	h.mu.Lock()
	defer h.mu.Unlock()
	return append([]handlerWrapper(nil), h.list...)
}
