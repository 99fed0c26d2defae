package front

import (
	"fmt"
	"slices"
	"strings"
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
