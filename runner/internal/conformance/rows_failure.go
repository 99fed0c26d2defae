package conformance

var (
	failed   = &Failure{Message: "asked to fail", Type: "errorString"}
	panicked = &Failure{Message: "asked to panic", Type: "string", More: `,"stackTrace":[{"path":"«[^"]*»","line":«[0-9]+»,"label":"«[^"]+»"},«.*»]`}
	exited   = &Failure{Message: "Process exited unexpectedly before completing request (duration: «[0-9]+»ms, maxMemoryUsage: «[0-9.]+»MB)", Type: "«Function(Unhandled|OOM)Error»"}
	gone     = &Error{Code: "ClientClosedRequest", Message: "client Closed Request: «.*»"}
	timedOut = &Failure{Message: "Function timed out after 1 second (maxMemoryUsage: «[0-9.]+»MB)", Type: "FunctionTimeoutError"}
)

// failureRows are about functions that fail while the API invokes them: status
// 200, and the error in the body.
var failureRows = []Row{
	{Name: "returned error", Function: "event", Body: `{"do":"error"}`, Failure: failed},
	{Name: "usage of a failure", Function: "event", Body: `{"do":"error"}`, Failure: failed, Headers: map[string]string{"X-Fc-Invocation-Duration": `«\d+»`, "X-Fc-Invocation-Service-Version": "LATEST"}},
	{Name: "panic", Function: "event", Body: `{"do":"panic"}`, Failure: panicked},
	{Name: "exit", Function: "event", Body: `{"do":"exit","n":1}`, Failure: exited},
	{Name: "exit 0", Function: "event", Body: `{"do":"exit","n":0}`, Failure: exited},
	{Name: "after an exit", Function: "event", Body: "x", Want: "x"},
	{Name: "out of memory", Generation: Only3, Function: "event", Body: `{"do":"memory","n":1000}`, Failure: exited},
	{Name: "timeout", Generation: Only3, Function: "slow", Body: `{"do":"sleep","n":60000}`, Failure: timedOut},
	{Name: "after a timeout", Function: "slow", Body: "x", Want: "x"},
	{Name: "client goes", Function: "event", Body: `{"do":"sleep","n":30000}`, Leave: true, Status: 499, Source: "error codes", Error: gone, Headers: map[string]string{"X-Fc-Error-Type": ""}},
	{Name: "an event for an HTTP function", Function: "web", Body: "{}", Source: "SDK", Failure: &Failure{Message: "no httpParams found in request", Type: "errorString"}},
}

// failureHTTPRows are about functions that fail behind an HTTP trigger.
var failureHTTPRows = []Row{
	{Name: "returned error", Call: HTTP, Function: "web", Path: "/do/error", Failure: failed},
	{Name: "panic", Call: HTTP, Function: "web", Path: "/do/panic", Failure: panicked},
	{Name: "exit", Call: HTTP, Function: "web", Method: "POST", Path: "/do/exit", Failure: exited},
	{Name: "after an exit", Call: HTTP, Function: "web", Path: "/do/nothing"},
	{Name: "timeout", Generation: Only2, Call: HTTP, Function: "slow-web", Path: "/do/sleep?n=60000", Failure: timedOut},
	{Name: "what was answered before is dropped", Call: HTTP, Function: "web", Path: "/do/error", Failure: failed, Headers: map[string]string{"X-Described": ""}},
	{Name: "event handler's error", Generation: Only3, Call: HTTP, Function: "trigger", Path: "/error", Failure: failed},
	{Name: "event handler's panic", Generation: Only3, Call: HTTP, Function: "trigger", Path: "/panic", Failure: panicked},
	{Name: "event handler's exit", Generation: Only3, Call: HTTP, Function: "trigger", Method: "POST", Path: "/exit", Failure: exited},
	{
		Name: "a function that is no HTTP function", Generation: Only2, Call: HTTP, Function: "event", Path: "/",
		Failure: &Failure{Message: "the function is no HTTP function: «.*»", Type: "«.*»"},
	},
	{Name: "client goes", Call: HTTP, Function: "web", Path: "/do/sleep?n=30000", Leave: true, Status: 499, Source: "error codes", Error: gone, Headers: common},
	{Name: "HEAD has no body", Call: HTTP, Function: "web", Method: "HEAD", Path: "/do/error", Status: 502, Headers: unhandled},
}
