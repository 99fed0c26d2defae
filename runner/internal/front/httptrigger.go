package front

import (
	"fmt"
	"slices"
	"strings"

	"github.com/wafer-run/wafer/runner"
)

// Trigger is what a function's HTTP trigger allows. The API paths that invoke a
// function with an event do not ask it.
type Trigger struct {
	// Methods are those that reach the function, out of GET, POST, PUT, DELETE,
	// HEAD, PATCH and OPTIONS. None at all says that the function has no HTTP
	// trigger: requests are answered with TriggerNotFound.
	Methods []string
	// DisableURLInternet closes the trigger's own URLs: the proxy path and the
	// subdomain. Custom domains stay open.
	DisableURLInternet bool
}

// triggerMethods are all methods an HTTP trigger can have.
var triggerMethods = [...]string{"GET", "POST", "PUT", "DELETE", "HEAD", "PATCH", "OPTIONS"}

// Validate reports the first method that no HTTP trigger has.
func (t Trigger) Validate() error { return validMethods("the trigger", t.Methods) }

func validMethods(of string, methods []string) error {
	for _, m := range methods {
		if !slices.Contains(triggerMethods[:], m) {
			return fmt.Errorf("front: %s has the method %q, want those of %s", of, m, strings.Join(triggerMethods[:], ", "))
		}
	}
	return nil
}

// triggerMethod returns a method of HTTP triggers as a constant.
func triggerMethod(method []byte) (string, bool) {
	for _, m := range triggerMethods {
		if string(method) == m {
			return m, true
		}
	}
	return string(method), false
}

// checkTrigger refuses what the HTTP trigger, or the custom domain's route,
// does not let through.
func (x *exchange) checkTrigger() error {
	t, allowed := x.target.Trigger, x.route.methods
	if t != nil && (x.route.ownURL || len(allowed) == 0) {
		switch {
		case len(t.Methods) == 0 && x.route.ownURL:
			return refuse(triggerNotFound, x.route.name)
		case t.DisableURLInternet && x.route.ownURL:
			return refuse(accessDenied, "access denied due to function internet URL is disable")
		}
		allowed = t.Methods
	}
	if len(allowed) == 0 {
		allowed = triggerMethods[:]
	}
	method, ok := triggerMethod(x.rc.Method())
	if !ok || !slices.Contains(allowed, method) {
		return refuse(accessDenied, fmt.Sprintf("method '%s' is not one of the HTTP trigger's: %s", excerpt(method), strings.Join(allowed, ", ")))
	}
	if f, ok := x.target.Function.(eventsOnly); ok && x.target.generation(x.route.gen) == FC2 && f.EventsOnly() {
		return &runner.InvokeError{
			Kind: runner.ProtocolBroken, Function: x.route.name, RequestID: x.requestID, Type: "FunctionUnhandledError",
			Message: "the function is no HTTP function: its handler takes events, which FC 2.0 does not make of HTTP requests",
		}
	}
	return nil
}
