package conformance

// exposed is the list of headers that scripts of other origins may read.
const exposed = "Date,x-fc-request-id,x-fc-error-type,x-fc-code-checksum,x-fc-invocation-duration,x-fc-max-memory-usage," +
	"x-fc-log-result,x-fc-invocation-code-version,x-fc-instance-id"

// invokeRows are about calls of the API that succeed.
var invokeRows = []Row{
	{Name: "text", Function: "event", Body: "hello", Want: "hello"},
	{Name: "bytes", Function: "event", Body: "\x00\xff\xfe\r\n", Want: "\x00\xff\xfe\r\n"},
	{Name: "JSON is passed as it is", Function: "event", Body: "{\"a\" : 1,\n\"b\":\"\\u00e9\"}", Want: "{\"a\" : 1,\n\"b\":\"\\u00e9\"}"},
	{Name: "empty payload", Function: "event", Want: ""},
	{Name: "empty result", Function: "event", Body: `{"do":"nothing"}`, Want: "", Headers: map[string]string{"Content-Length": "0"}},
	{Name: "large result", Function: "event", Body: `{"do":"large","n":1000000}`, Want: "«x{1000}»«x*»", Headers: map[string]string{"Content-Length": "1000000"}},
	{Name: "chunked payload", Function: "event", BodySize: 5000, Chunked: true},
	{Name: "content type of a result", Function: "event", Body: "{}", Want: "{}", Source: "emulator", Headers: map[string]string{"Content-Type": "application/octet-stream"}},
	{Name: "content type of the payload is no matter", Function: "event", Header: []string{"Content-Type", "image/png"}, Body: "x", Want: "x"},
	{Name: "Sync is the default, and can be said", Function: "event", Header: []string{"X-Fc-Invocation-Type", "Sync"}, Body: "x", Want: "x"},
	{Name: "unknown X-Fc headers do not matter", Function: "event", Header: []string{"X-Fc-Invocation-Code-Version", "Latest", "X-Fc-Account-Id", "1"}, Body: "x", Want: "x"},
	{Name: "request ids are the server's", Function: "event", Header: []string{"X-Fc-Request-Id", "mine"}, Body: "x", Want: "x", Headers: map[string]string{"X-Fc-Request-Id": "«id»"}},
	{Name: "duration in ms", Function: "event", Body: "x", Want: "x", Source: "emulator", Headers: map[string]string{"X-Fc-Invocation-Duration": `«\d+»`}},
	{Name: "memory in MB", Function: "event", Body: "x", Want: "x", Source: "emulator", Headers: map[string]string{"X-Fc-Max-Memory-Usage": `«\d+\.\d\d»`}},
	{Name: "checksum", Function: "event", Body: "x", Want: "x", Source: "emulator", Headers: map[string]string{"X-Fc-Code-Checksum": `«\d+»`}},
	{Name: "instance id", Function: "event", Body: "x", Want: "x", Source: "emulator", Headers: map[string]string{"X-Fc-Instance-Id": `«c-[0-9a-f]{8}-[0-9a-f-]+»`}},
	{Name: "version", Function: "event", Body: "x", Want: "x", Headers: map[string]string{"X-Fc-Invocation-Service-Version": "LATEST"}},
	{Name: "exposed headers", Function: "event", Body: "x", Want: "x", Source: "emulator", Headers: map[string]string{"Access-Control-Expose-Headers": exposed}},
	{Name: "no error type", Function: "event", Body: "x", Want: "x", Headers: map[string]string{"X-Fc-Error-Type": ""}},
	{Name: "no log unless asked for", Function: "event", Body: "x", Want: "x", Headers: map[string]string{"X-Fc-Log-Result": ""}},
	{
		Name: "Test Function of a trigger handler", Function: "trigger", Generation: Only3, Source: "HTTP trigger event", Body: `{"key":"value"}`,
		Want: `{"statusCode":400,"headers":null,"isBase64Encoded":false,"body":"the request did not come from an HTTP Trigger, event: {\"key\":\"value\"}"}`,
	},
	{
		Name: "an HTTP event by hand gets the raw response", Function: "trigger", Generation: Only3, Source: "HTTP trigger event",
		Body: `{"body":"","requestContext":{"http":{"path":"/only-status"}}}`, Want: `{"statusCode":202}`, Headers: map[string]string{"Content-Type": "application/octet-stream"},
	},
	{
		Name: "a 2.0 function has a name in 3.0", Generation: Only3, Source: "URLs", Call: Plain, Method: "POST",
		Path: "/2023-03-30/functions/conformance$conformance-event/invocations", Body: "x", Want: "x",
	},
	{
		Name: "a 2.0 function has a name in 3.0, encoded", Generation: Only3, Source: "URLs", Call: Plain, Method: "POST",
		Path: "/2023-03-30/functions/conformance%24conformance-event/invocations", Body: "x", Want: "x",
	},
}

const askContext = `{"do":"context"}`

// contextRows are about what a function knows of an invocation.
var contextRows = []Row{
	{Name: "request id", Function: "event", Body: askContext, Want: `«.*»"RequestID":"«id»"«.*»`},
	{Name: "function name", Function: "event", Body: askContext, Want: `«.*»"Function":"conformance-event"«.*»`},
	{Name: "service", Function: "event", Generation: Only2, Body: askContext, Want: `«.*»"Service":"conformance"«.*»`},
	{Name: "no service", Function: "event", Generation: Only3, Body: askContext, Want: `«.*»"Service":""«.*»`},
	{Name: "qualifier", Function: "event", Body: askContext, Want: `«.*»"Qualifier":"LATEST"«.*»`},
	{
		Name: "span", Function: "event", Body: askContext, Source: "emulator", Want: `«.*»"Span":"a:b:0:1"«.*»`,
		Header: []string{"X-Fc-Tracing-Opentracing-Span-Context", "a:b:0:1"},
	},
	{
		Name: "baggage of the span", Function: "event", Body: askContext, Source: "emulator", Want: `«.*»"Baggage":{"user":"u 1"}«.*»`,
		Header: []string{"X-Fc-Tracing-Opentracing-Span-Context-Baggage-User", "u 1"},
	},
}

const (
	start   = "FC Invoke Start RequestId: «id»\n"
	end     = "FC Invoke End RequestId: «id»"
	summary = `Duration: «\d+\.\d\d» ms, Billed Duration: «\d+» ms, Memory Size: «\d+» MB, Max Memory Used: «\d+\.\d\d» MB`
)

var (
	tail  = []string{"X-Fc-Log-Type", "Tail"}
	noLog = map[string]string{"X-Fc-Log-Result": ""}
)

// logRows are about the log that comes with an answer.
var logRows = []Row{
	{Name: "start, end, summary", Function: "event", Header: tail, Body: "x", Want: "x", Source: "emulator", Log: "«(.*\n)?»" + start + end + "\n\n" + summary},
	{
		Name: "what the function prints", Function: "event", Header: tail, Body: `{"do":"log"}`, Want: "done",
		Log: "«(.*\n)?»" + start + "«first line\nsecond line\n|second line\nfirst line\n»" + end + "\n\n" + summary,
	},
	{Name: "the last 4 KB", Function: "event", Header: tail, Body: `{"do":"flood","n":1000}`, Want: "done", Log: "«[^\n]*\n(line 000[0-9]{3}\n){250}(line 000[0-9]{3}\n)*»line 000999\n" + end + "\n\n" + summary},
	{Name: "None", Function: "event", Header: []string{"X-Fc-Log-Type", "None"}, Body: "x", Want: "x", Headers: noLog},
	{
		Name: "another type", Function: "event", Source: "wafer", Header: []string{"X-Fc-Log-Type", "All"}, Status: 400,
		Error: &Error{"InvalidArgument", "X-Fc-Log-Type is 'All', want None or Tail"}, Headers: noLog,
	},
	{
		Name: "failed", Function: "event", Header: tail, Body: `{"do":"error"}`, Source: "emulator", Failure: &Failure{Message: "asked to fail", Type: "errorString"},
		Log: "«(.*\n)?»" + start + "«.*»«id» [ERROR] {\n \"errorMessage\": \"asked to fail\",\n \"errorType\": \"errorString\"\n}\n" + end + ", Error: Unhandled function error\n\n" + summary,
	},
	{
		Name: "exited", Function: "event", Header: tail, Body: `{"do":"exit","n":3}`, Source: "emulator", Failure: exited,
		Log: "«(.*\n)?»" + start + "«.*»" + end + ", Error: Process exited unexpectedly before completing request («.*»)\n\n" + summary,
	},
	{Name: "timed out", Generation: Only3, Function: "slow", Header: tail, Body: `{"do":"sleep","n":60000}`, Source: "emulator", Failure: timedOut, Log: "«(.*\n)?»" + start + "«.*»" + end + ", Error: Function timed out after 1 second «.*»\n\n" + summary},
	{Name: "HTTP function by the API's path", Generation: Only2, Call: HTTP, Function: "web", Path: "/do/log", Header: tail, Want: "done", Log: "«(.*\n)?»" + start + "«.*first line.*»" + end + "\n\n" + summary},
	{Name: "not for the public", Generation: Only3, Call: HTTP, Function: "web", Path: "/do/log", Header: tail, Source: "wafer", Want: "done", Headers: noLog},
}

// asyncRows are about invocations that wafer does not take. They are refused:
// a synchronous one is not what the caller asked for.
var asyncRows = []Row{
	{Name: "invocation", Function: "event", Header: []string{"X-Fc-Invocation-Type", "Async"}, Body: "x", Status: 400, Error: refusedAsync},
	{Name: "case is no matter", Function: "event", Header: []string{"x-fc-invocation-type", "aSync"}, Body: "x", Status: 400, Error: refusedAsync},
	{Name: "both", Function: "event", Header: []string{"X-Fc-Invocation-Type", "Sync", "X-Fc-Invocation-Type", "Async"}, Body: "x", Status: 400, Error: refusedAsync},
	{Name: "HTTP trigger", Call: HTTP, Function: "web", Path: "/", Header: []string{"X-Fc-Invocation-Type", "Async"}, Status: 400, Error: refusedAsync, Headers: common},
	{
		Name: "invocation target", Generation: Only2, Call: Plain, Path: "/a", Status: 400, Error: refusedAsync, Headers: common,
		Header: []string{"X-Fc-Invocation-Target", "2016-08-15/proxy/conformance/conformance-web", "X-Fc-Invocation-Type", "Async"},
	},
	{
		Name: "another type", Function: "event", Header: []string{"X-Fc-Invocation-Type", "DryRun"}, Body: "x", Status: 400,
		Error: &Error{"InvalidArgument", "X-Fc-Invocation-Type is 'DryRun', want Sync"},
	},
	{
		Name: "another type of HTTP request", Call: HTTP, Function: "web", Path: "/", Header: []string{"X-Fc-Invocation-Type", "Event"}, Status: 400,
		Error: &Error{"InvalidArgument", "X-Fc-Invocation-Type is 'Event', want Sync"}, Headers: common,
	},
}

var refusedAsync = &Error{"InvalidArgument", "X-Fc-Invocation-Type is 'Async': asynchronous invocations are not supported"}

var (
	common    = map[string]string{"X-Fc-Error-Type": "FcCommonError", "Content-Type": "application/json"}
	unhandled = map[string]string{"X-Fc-Error-Type": "UnhandledInvocationError", "Content-Type": "application/json"}
)
