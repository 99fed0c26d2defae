package conformance

import (
	"strconv"
	"strings"
)

// Sizes of FC's limits, in bytes.
const (
	pathLimit  = 4 << 10
	headLimit2 = 4 << 10
	headLimit3 = 8 << 10
	bodyLimit2 = 6 << 20
	bodyLimit3 = 32 << 20
)

func over(what string, observed, limit int) *Error {
	return &Error{"InvalidArgument", "the " + what + " " + strconv.Itoa(observed) + " bytes, the limit is " + strconv.Itoa(limit)}
}

func tooLarge(observed string, limit int) *Error {
	return &Error{"EntityTooLarge", "payload size exceeds maximum allowed size (" + strconv.Itoa(limit) + " bytes): the payload has " + observed}
}

// long is a path with its query, of n bytes in all.
func long(path string, n int) string { return path + "?" + strings.Repeat("q", n-len(path)-1) }

// padding is headers of n bytes, keys and values, beside Host and its value.
func padding(n, host int) []string {
	n -= len("Host") + host
	half := n / 2
	return []string{"A", strings.Repeat("x", half-1), "B", strings.Repeat("x", n-half-1)}
}

// limitRows are about sizes. Requests over a limit are refused before their
// bodies are read.
var limitRows = []Row{
	{Name: "path of 2.0", Generation: Only2, Call: Plain, Path: long(proxy+"/a", pathLimit), Want: seen(`"path":"/a"`)},
	{Name: "path of 3.0", Generation: Only3, Call: HTTP, Function: "web", Path: long("/a", pathLimit), Want: seen(`"path":"/a"`)},
	{Name: "path over, of 2.0", Generation: Only2, Call: Plain, Path: long(proxy+"/a", pathLimit+1), Status: 400, Error: over("path with its query has", pathLimit+1, pathLimit), Headers: common},
	{Name: "path over, of 3.0", Generation: Only3, Call: HTTP, Function: "web", Path: long("/a", pathLimit+1), Status: 400, Error: over("path with its query has", pathLimit+1, pathLimit), Headers: common},
	{Name: "path over, of an invocation", Generation: Only3, Call: Plain, Method: "POST", Path: long("/2023-03-30/functions/conformance-event/invocations", pathLimit+1), Status: 400, Error: over("path with its query has", pathLimit+1, pathLimit)},
	{Name: "headers of 2.0", Generation: Only2, Call: Plain, Host: "a.b", Path: proxy + "/status/200", Header: padding(headLimit2, 3), Want: "status 200"},
	{Name: "headers over, of 2.0", Generation: Only2, Call: Plain, Host: "a.b", Path: proxy + "/status/200", Header: padding(headLimit2+1, 3), Status: 400, Error: over("request headers have", headLimit2+1, headLimit2), Headers: common},
	{
		Name: "headers of 3.0", Generation: Only3, Call: Plain, Host: "a.b", Method: "POST", Path: "/2023-03-30/functions/conformance-event/invocations",
		Header: padding(headLimit3-len("Content-Length")-1, 3), Body: "x", Want: "x",
	},
	{
		Name: "headers over, of 3.0", Generation: Only3, Call: Plain, Host: "a.b", Method: "POST", Path: "/2023-03-30/functions/conformance-event/invocations",
		Header: padding(headLimit3-len("Content-Length"), 3), Body: "x", Status: 400, Error: over("request headers have", headLimit3+1, headLimit3),
	},
	{Name: "payload of 2.0", Generation: Only2, Function: "event", BodySize: bodyLimit2},
	{Name: "payload over, of 2.0", Generation: Only2, Function: "event", Announce: bodyLimit2 + 1, Status: 400, Source: "error codes", Error: tooLarge("6291457 bytes", bodyLimit2)},
	{Name: "payload over, of 3.0", Generation: Only3, Function: "event", Announce: bodyLimit3 + 1, Status: 400, Source: "error codes", Error: tooLarge("33554433 bytes", bodyLimit3)},
	{Name: "payload over, chunked", Generation: Only2, Function: "event", BodySize: bodyLimit2 + 1, Chunked: true, Status: 400, Source: "error codes", Error: tooLarge("more", bodyLimit2)},
	{Name: "payload of a terabyte", Function: "event", Announce: 1 << 40, Status: 400, Source: "error codes", Error: &Error{"EntityTooLarge", "payload size exceeds maximum allowed size («[0-9]+» bytes): the payload has 1099511627776 bytes"}},
	{Name: "body over, of 2.0", Generation: Only2, Call: HTTP, Function: "web", Method: "POST", Path: "/a", Announce: bodyLimit2 + 1, Status: 400, Error: over("request body has", bodyLimit2+1, bodyLimit2), Headers: common},
	{Name: "body over, of 3.0", Generation: Only3, Call: HTTP, Function: "web", Method: "POST", Path: "/a", Announce: bodyLimit3 + 1, Status: 400, Error: over("request body has", bodyLimit3+1, bodyLimit3), Headers: common},
	{Name: "response headers of 2.0", Generation: Only2, Call: HTTP, Function: "web", Path: "/long/4000", Want: seen(""), Headers: map[string]string{"X-Long": "«x{900}x*»"}},
	{Name: "response headers over, of 2.0", Generation: Only2, Call: HTTP, Function: "web", Path: "/long/5000", Status: 502, Error: &Error{"BadResponse", "BadResponse: the response headers have «50[0-9]+» bytes, the limit is 4096"}, Headers: unhandled},
	{Name: "response headers of 3.0", Generation: Only3, Call: HTTP, Function: "web", Path: "/long/8000", Want: seen(""), Headers: map[string]string{"X-Long": "«x{900}x*»"}},
	{Name: "response headers over, of 3.0", Generation: Only3, Call: HTTP, Function: "web", Path: "/long/9000", Status: 502, Error: &Error{"BadResponse", "BadResponse: the response headers have «90[0-9]+» bytes, the limit is 8192"}, Headers: unhandled},
	{Name: "response headers over, of a result", Generation: Only3, Call: HTTP, Function: "trigger", Path: "/long", Status: 502, Error: &Error{"BadResponse", "BadResponse: the response headers have 9006 bytes, the limit is 8192"}, Headers: unhandled},
}

func method(m, allowed string) *Error {
	return &Error{"AccessDenied", "method '" + m + "' is not one of the HTTP trigger's: " + allowed}
}

const every = "GET, POST, PUT, DELETE, HEAD, PATCH, OPTIONS"

// triggerRows are about what HTTP triggers let through.
var triggerRows = []Row{
	{Name: "method it has", Call: HTTP, Function: "get", Path: "/a", Want: seen(`"method":"GET"`)},
	{Name: "HEAD", Call: HTTP, Function: "get", Method: "HEAD", Path: "/a", Headers: map[string]string{"X-Described": "yes"}},
	{Name: "method it has not", Call: HTTP, Function: "get", Method: "POST", Path: "/a", Status: 403, Error: method("POST", "GET, HEAD"), Headers: common},
	{Name: "OPTIONS it has not", Call: HTTP, Function: "get", Method: "OPTIONS", Path: "/a", Status: 403, Error: method("OPTIONS", "GET, HEAD"), Headers: common},
	{Name: "method of no trigger", Call: HTTP, Function: "web", Method: "TRACE", Path: "/a", Status: 403, Error: method("TRACE", every), Headers: common},
	{Name: "disabled URL", Call: HTTP, Function: "closed", Path: "/a", Status: 403, Error: &Error{"AccessDenied", "access denied due to function internet URL is disable"}, Headers: common},
	{Name: "none", Call: HTTP, Function: "untriggered", Path: "/a", Status: 404, Error: &Error{"TriggerNotFound", "function 'conformance-untriggered' has no HTTP trigger"}, Headers: common},
}

// throttleRows are about too many invocations at once.
var throttleRows = []Row{
	{Name: "function is busy", Call: HTTP, Function: "single", Path: "/status/200", Hold: true, Status: 429, Error: &Error{"ResourceExhausted", "concurrency over limit: «.*»"}, Headers: map[string]string{"X-Fc-Error-Type": "FcCommonError", "Retry-After": `«\d+»`}},
	{Name: "others are not", Call: HTTP, Function: "web", Path: "/status/200", Hold: true, Want: "status 200"},
}
