package conformance_test

import "maps"

const (
	commonOfServers = "handlers of the SDK have the context instead"
	checkedBefore   = "a module that does not start is not deployed"
)

// asServer says what does not apply to functions that are HTTP servers.
var asServer = map[string]string{
	"event-request":  "a server gets requests, never events that stand for them",
	"event-response": "a server answers requests itself",

	"invoke/Test Function of a trigger handler":          "a server gets requests, never events that stand for them",
	"invoke/an HTTP event by hand gets the raw response": "a server gets requests, never events that stand for them",
	"limits/response headers over, of a result":          "a server answers requests itself",
	"domain/event":                                     "a server gets requests, never events that stand for them",
	"domain/exact path wins":                           "a server gets requests, never events that stand for them",
	"failure/returned error":                           "a server has no errors but those it answers with",
	"failure/usage of a failure":                       "a server has no errors but those it answers with",
	"failure/panic":                                    "net/http recovers panics of handlers",
	"failure/an event for an HTTP function":            "a server takes events, at POST /invoke",
	"failure-http/returned error":                      "a server has no errors but those it answers with",
	"failure-http/panic":                               "net/http recovers panics of handlers",
	"failure-http/what was answered before is dropped": "a server has no errors but those it answers with",
	"failure-http/event handler's error":               "a server gets requests, never events that stand for them",
	"failure-http/event handler's panic":               "a server gets requests, never events that stand for them",
	"failure-http/event handler's exit":                "a server gets requests, never events that stand for them",
	"failure-http/a function that is no HTTP function": "a server takes HTTP",
	"failure-http/HEAD has no body":                    "a server has no errors but those it answers with",
	"log/failed":                                       "a server writes its own log",
	"cors/failures too":                                "a server has no errors but those it answers with",
}

// What does not apply to each kind of function.
var (
	ofWasm       = map[string]string{"common-headers": commonOfServers, "start": checkedBefore}
	ofWasmServer = with(asServer, map[string]string{"start": checkedBefore})
	ofGo1        = map[string]string{
		"common-headers":       commonOfServers,
		"http-response/stream": "the runtime API takes answers as a whole",
		"failure-http/a function that is no HTTP function": "of a native program nobody knows that it will never take HTTP",
	}
	ofCustom = asServer
)

// What does not apply to functions that testdata/s.yaml deploys.
var ofSite = with(ofWasm, map[string]string{
	"qualifier": "an s.yaml has no aliases",
	"domain":    "an s.yaml of functions has no domains without them",
})

// with returns the exceptions of both.
func with(a, b map[string]string) map[string]string {
	both := maps.Clone(a)
	maps.Copy(both, b)
	return both
}
