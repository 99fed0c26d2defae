package conformance

// commonRows are about the headers that a custom runtime gets beside those of
// the client, in requests of both kinds.
var commonRows = []Row{
	web("request id", "GET", "/a", `"X-Fc-Request-Id":"«id»"`),
	web("function", "GET", "/a", `"X-Fc-Function-Name":"conformance-web"`),
	web("control path", "GET", "/a", `"X-Fc-Control-Path":"/http-invoke"`),
	web("memory", "GET", "/a", `"X-Fc-Function-Memory":"128"`),
	web("not the client's", "GET", "/a", `"X-Fc-Function-Name":"conformance-web"`, with("X-Fc-Function-Name", "mine", "x-fc-control-path", "/invoke"), not("mine")),
	{Name: "events come to /invoke", Function: "event", Body: "x", Want: "x"},
	{Name: "failure is reported by x-fc-status", Function: "event", Body: `{"do":"error"}`, Failure: &Failure{Message: "asked to fail", Type: "«[^\"]*»"}},
}

// startRows are about functions that cannot be started.
var startRows = []Row{
	{Name: "ends at once", Function: "exits", Status: 412, Error: &Error{"CAExited", "«.+»"}},
	{Name: "ends at once, by HTTP", Call: HTTP, Function: "exits", Path: "/", Status: 412, Error: &Error{"CAExited", "«.+»"}, Headers: unhandled},
	{Name: "is not there", Function: "absent", Status: 412, Error: &Error{"CAFileNotFound", "«.+»"}},
	{Name: "is not executable", Function: "forbidden", Status: 412, Error: &Error{"CAFilePermission", "«.+»"}},
	{Name: "never listens", Function: "mute", Status: 412, Error: &Error{"FunctionNotStarted", "«.+»"}},
}
