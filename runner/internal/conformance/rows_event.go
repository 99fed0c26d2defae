package conformance

// event is a row that asks the function behind a trigger of FC 3.0 for the event
// it got.
func event(name, method, path, want string, more ...func(*Row)) Row {
	r := Row{Name: name, Generation: Only3, Call: HTTP, Function: "trigger", Method: method, Path: path, Want: "{«.*»" + want + "«.*»}"}
	for _, change := range more {
		change(&r)
	}
	return r
}

// eventRequestRows are about the event that an HTTP request becomes.
var eventRequestRows = []Row{
	event("version", "GET", "/a", `"version":"v1"`),
	event("raw path", "GET", "/a%20b%2Fc", `"rawPath":"/a%20b%2Fc"`),
	event("path", "GET", "/a%20b%2Fc", `"path":"/a b/c"`),
	event("raw path without the query", "GET", "/a?b=c", `"rawPath":"/a"`),
	event("method", "PATCH", "/a", `"method":"PATCH"`),
	event("protocol", "GET", "/a", `"protocol":"HTTP/1.1"`),
	event("source", "GET", "/a", `"sourceIp":"«[0-9.:a-f]+»"`),
	event("user agent", "GET", "/a", `"userAgent":"tester"`, with("user-agent", "tester")),
	event("domain", "GET", "/a", `"domainName":"conformance-trigger.«[^"]+»","domainPrefix":"conformance-trigger"`),
	event("request id", "GET", "/a", `"requestId":"«id»"`),
	event("time", "GET", "/a", `"time":"«[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z»","timeEpoch":"«[0-9]{13}»"`),
	event("account", "GET", "/a", `"accountId":"«[^"]*»"`),
	event("keys of headers", "GET", "/a", `"X-Mine-Too":"1"`, with("x-mine-TOO", "1")),
	event("header with several values", "GET", "/a", `"X-Mine":"1,2"`, with("X-Mine", "1", "x-mine", "2")),
	event("x-fc headers", "GET", "/a", `"version":"v1"`, with("X-Fc-Mine", "mine"), not("mine")),
	event("query", "GET", "/a?b=%20c&d", `"queryParameters":{"b":" c","d":""}`),
	event("query with several values", "GET", "/a?b=1&b=2", `"queryParameters":{"b":"1,2"}`),
	event("no query", "GET", "/a", `"queryParameters":{}`),
	event("no body", "GET", "/a", `"body":"","isBase64Encoded":false`),
	event("text", "POST", "/a", `"body":"text","isBase64Encoded":false`, body("text"), with("Content-Type", "text/plain; charset=utf-8")),
	event("JSON", "POST", "/a", `"body":"{\"a\":1}","isBase64Encoded":false`, body(`{"a":1}`), with("Content-Type", "application/json")),
	event("form", "POST", "/a", `"body":"a=b","isBase64Encoded":false`, body("a=b"), with("Content-Type", "application/x-www-form-urlencoded")),
	event("binary", "POST", "/a", `"body":"AP8=","isBase64Encoded":true`, body("\x00\xff"), with("Content-Type", "image/png")),
	event("no content type", "POST", "/a", `"body":"dGV4dA==","isBase64Encoded":true`, body("text"), source("wafer")),
	event("text that is none", "POST", "/a", `"body":"AP8=","isBase64Encoded":true`, body("\x00\xff"), with("Content-Type", "text/plain"), source("wafer")),
	{Name: "body to and fro", Generation: Only3, Call: HTTP, Function: "trigger", Method: "POST", Path: "/echo", Body: "Hello FC!", Want: "Hello FC!"},
}

func source(s string) func(*Row) { return func(r *Row) { r.Source = s } }

// result is a row about a result that the trigger function answers with.
func result(name, path string, status int, want string, headers map[string]string) Row {
	return Row{Name: name, Generation: Only3, Call: HTTP, Function: "trigger", Path: path, Status: status, Want: want, Headers: headers}
}

// bad is a row about a result that cannot be sent.
func bad(name, path, why string) Row {
	return Row{
		Name: name, Generation: Only3, Call: HTTP, Function: "trigger", Path: path, Status: 502, Source: "error codes", Headers: unhandled,
		Error: &Error{"BadResponse", "BadResponse: the function's result is no HTTP response: " + why},
	}
}

// eventResponseRows are about the answers that results become.
var eventResponseRows = []Row{
	result("status, headers, body", "/created", 201, "made", map[string]string{"X-Mine": "1", "Content-Type": "text/x", "Content-Length": "4"}),
	result("base64", "/binary", 200, "\x00\xff", map[string]string{"Content-Type": "image/png", "Content-Length": "2"}),
	result("headers null", "/null-headers", 200, "text", nil),
	result("status alone", "/only-status", 202, "", map[string]string{"Content-Length": "0"}),
	result("no content", "/no-content", 204, "", nil),
	result("status 0", "/zero-status", 200, "zero", nil),
	result("more fields", "/more-fields", 200, "text", map[string]string{"Set-Cookie": ""}),
	result("redirect", "/redirect", 302, "", map[string]string{"Location": "/elsewhere"}),
	result("reserved headers", "/reserved", 200, "text", map[string]string{"Connection": "", "Date": "«.* GMT»", "Server": "", "Keep-Alive": "", "Content-Length": "4", "Content-Disposition": "", "X-Fc-Request-Id": "«id»", "X-Fc-More": ""}),
	result("object without a status", "/object", 200, `{"hello":"world"}`, map[string]string{"Content-Type": "application/json"}),
	result("array", "/array", 200, `[1,2]`, map[string]string{"Content-Type": "application/json"}),
	result("string", "/string", 200, `"text"`, map[string]string{"Content-Type": "application/json"}),
	result("number", "/number", 200, `7`, map[string]string{"Content-Type": "application/json"}),
	result("null", "/null", 200, `null`, map[string]string{"Content-Type": "application/json"}),
	result("no JSON", "/plain", 200, `no JSON at all`, map[string]string{"Content-Type": "application/octet-stream"}),
	result("nothing", "/empty", 200, ``, map[string]string{"Content-Length": "0"}),
	bad("status of a wrong type", "/bad-status", `statusCode is "200", want an integer`),
	bad("status out of range", "/low-status", "statusCode is 99, want 200 to 999"),
	bad("headers of a wrong type", "/bad-headers", `headers is ["a"], want an object of strings`),
	bad("header of a wrong type", "/bad-header", `headers has 1 for "X-A", want a string`),
	bad("body of a wrong type", "/bad-body", `body is {"a":1}, want a string`),
	bad("no base64", "/bad-base64", "body is not base64 although isBase64Encoded is true: illegal base64 data at input byte 2"),
}
