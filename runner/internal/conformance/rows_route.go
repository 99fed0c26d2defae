package conformance

const (
	proxy  = "/2016-08-15/proxy/conformance/conformance-web"
	target = "2016-08-15/proxy/conformance/conformance-web"
)

func seen(what string) string { return "{«.*»" + what + "«.*»}\n" }

// routeRows are about how functions are found.
var routeRows = []Row{
	{Name: "GET is no invocation", Function: "event", Method: "GET", Status: 400, Source: "error codes", Error: &Error{"PathNotSupported", "'«/20[^']*»' against 'GET' is not supported"}},
	{Name: "PUT is no invocation", Function: "event", Method: "PUT", Status: 400, Source: "error codes", Error: &Error{"PathNotSupported", "'«/20[^']*»' against 'PUT' is not supported"}},
	{Name: "a query is no matter", Function: "event", Path: "?a=b", Body: "x", Want: "x"},
	{Name: "unknown path of 2.0", Generation: Only2, Call: Plain, Method: "POST", Path: "/2016-08-15/nothing", Status: 400, Source: "error codes", Error: &Error{"PathNotSupported", "'/2016-08-15/nothing' against 'POST' is not supported"}},
	{Name: "unknown path of 3.0", Generation: Only3, Call: Plain, Method: "POST", Path: "/2023-03-30/nothing", Status: 400, Source: "error codes", Error: &Error{"PathNotSupported", "'/2023-03-30/nothing' against 'POST' is not supported"}},
	{Name: "path without a version", Generation: Only3, Call: Plain, Path: "/nothing", Status: 400, Source: "error codes", Error: &Error{"PathNotSupported", "'/nothing' against 'GET' is not supported"}},
	{Name: "function of 3.0", Generation: Only3, Function: "nobody", Status: 404, Source: "error codes", Error: &Error{"FunctionNotFound", "function 'conformance-nobody' does not exist."}},
	{Name: "function of 2.0", Generation: Only2, Function: "nobody", Status: 404, Source: "error codes", Error: &Error{"FunctionNotFound", "function 'conformance-nobody' does not exist in service 'conformance'"}},
	{Name: "HTTP function of 2.0", Generation: Only2, Call: HTTP, Function: "nobody", Path: "/", Status: 404, Source: "error codes", Error: &Error{"FunctionNotFound", "function 'conformance-nobody' does not exist in service 'conformance'"}, Headers: common},
	{Name: "HTTP function of 3.0", Generation: Only3, Call: HTTP, Function: "nobody", Path: "/", Status: 404, Source: "error codes", Error: &Error{"FunctionNotFound", "function 'conformance-nobody' does not exist."}, Headers: common},
	{Name: "service", Generation: Only2, Call: Plain, Method: "POST", Path: "/2016-08-15/services/conformance-missing/functions/f/invocations", Status: 404, Source: "error codes", Error: &Error{"ServiceNotFound", "service 'conformance-missing' does not exist"}},
	{Name: "service of the proxy path", Generation: Only2, Call: Plain, Path: "/2016-08-15/proxy/conformance-missing/f/", Status: 404, Source: "error codes", Error: &Error{"ServiceNotFound", "service 'conformance-missing' does not exist"}, Headers: common},

	{Name: "proxy path", Generation: Only2, Call: Plain, Path: proxy + "/a%20b/c?d=e", Want: seen(`"path":"/a b/c","query":"d=e","uri":"` + proxy + `/a%20b/c?d=e"`)},
	{Name: "proxy path without a path", Generation: Only2, Call: Plain, Path: proxy, Want: seen(`"path":"/"`)},
	{Name: "proxy path without a function", Generation: Only2, Call: Plain, Path: "/2016-08-15/proxy/conformance", Status: 400, Source: "error codes", Error: &Error{"PathNotSupported", "'/2016-08-15/proxy/conformance' against 'GET' is not supported"}},
	{Name: "base path", Generation: Only2, Call: HTTP, Function: "web", Path: "/a", Source: "languages", Want: seen(`"X-Fc-Base-Path":"` + proxy + `/"`)},
	{Name: "no base path of the client's", Generation: Only3, Call: HTTP, Function: "web", Path: "/a", Source: "languages", Header: []string{"X-Fc-Base-Path", "/mine/"}, Want: seen(`"path":"/a"`), Not: "Base-Path"},
	{Name: "invocation target", Generation: Only2, Call: Plain, Path: "/a%20b?c=d", Source: "languages", Header: []string{"X-Fc-Invocation-Target", target}, Want: seen(`"path":"/a b","query":"c=d","uri":"/a%20b?c=d"`)},
	{Name: "invocation target is hidden", Generation: Only2, Call: Plain, Path: "/", Source: "languages", Header: []string{"x-fc-invocation-target", target}, Want: seen(`"path":"/"`), Not: "Invocation-Target"},
	{
		Name: "invocation target that is none", Generation: Only3, Call: Plain, Path: "/", Status: 400, Source: "wafer", Header: []string{"X-Fc-Invocation-Target", "nonsense"},
		Error: &Error{"InvalidArgument", "X-Fc-Invocation-Target is 'nonsense', want 2016-08-15/proxy/{service}[.{qualifier}]/{function}"},
	},
	{
		Name: "invocation target that is not there", Generation: Only2, Call: Plain, Path: "/", Status: 404, Source: "error codes", Header: []string{"X-Fc-Invocation-Target", target + "-nobody"},
		Error: &Error{"FunctionNotFound", "function 'conformance-web-nobody' does not exist in service 'conformance'"}, Headers: common,
	},

	{Name: "subdomain", Generation: Only3, Call: HTTP, Function: "web", Path: "/a%20b/c?d=e", Want: seen(`"path":"/a b/c","query":"d=e","uri":"/a%20b/c?d=e"`)},
	{Name: "subdomain with a port", Generation: Only3, Call: Plain, Host: "conformance-web.«suffix»:8080", Path: "/a", Source: "wafer", Want: seen(`"path":"/a"`)},
	{Name: "case of a subdomain", Generation: Only3, Call: Plain, Host: "CONFORMANCE-Web.«suffix»", Path: "/a", Source: "wafer", Want: seen(`"path":"/a"`)},
	{Name: "every path of a subdomain", Generation: Only3, Call: HTTP, Function: "web", Path: "/2023-03-30/functions/x/invocations", Want: seen(`"path":"/2023-03-30/functions/x/invocations"`)},
	{Name: "subdomain of a service", Generation: Only2, Call: Plain, Host: "conformance-web.conformance.«suffix»", Path: "/a", Source: "wafer", Want: seen(`"path":"/a"`)},
}

// qualifierRows are about versions and aliases.
var qualifierRows = []Row{
	{Name: "LATEST", Function: "event", Qualifier: "LATEST", Body: "x", Want: "x", Headers: map[string]string{"X-Fc-Invocation-Service-Version": "LATEST"}},
	{Name: "alias", Function: "event", Qualifier: "prod", Body: "x", Want: "x", Headers: map[string]string{"X-Fc-Invocation-Service-Version": "1"}},
	{Name: "in the context", Function: "event", Qualifier: "prod", Body: askContext, Source: "SDK", Want: `«.*»"Qualifier":"prod","Version":"1"«.*»`},
	{Name: "version of 3.0", Generation: Only3, Function: "event", Qualifier: "9", Status: 404, Source: "error codes", Error: &Error{"VersionNotFound", "version '9' of function 'conformance-event' does not exist"}},
	{Name: "alias of 3.0", Generation: Only3, Function: "event", Qualifier: "test", Status: 404, Source: "error codes", Error: &Error{"AliasNotFound", "alias 'test' of function 'conformance-event' does not exist"}},
	{Name: "version of 2.0", Generation: Only2, Function: "event", Qualifier: "9", Status: 404, Source: "error codes", Error: &Error{"VersionNotFound", "version '9' of service 'conformance' does not exist"}},
	{Name: "alias of 2.0", Generation: Only2, Function: "event", Qualifier: "test", Status: 404, Source: "error codes", Error: &Error{"AliasNotFound", "alias 'test' of service 'conformance' does not exist"}},
	{Name: "proxy path", Generation: Only2, Call: HTTP, Function: "web", Qualifier: "prod", Path: "/a", Want: seen(`"path":"/a"`), Headers: map[string]string{"X-Fc-Invocation-Service-Version": "1"}},
	{Name: "invocation target", Generation: Only2, Call: Plain, Path: "/a", Header: []string{"X-Fc-Invocation-Target", "2016-08-15/proxy/conformance.prod/conformance-web"}, Want: seen(`"path":"/a"`), Headers: map[string]string{"X-Fc-Invocation-Service-Version": "1"}},
	{Name: "alias of the proxy path", Generation: Only2, Call: HTTP, Function: "web", Qualifier: "test", Path: "/", Status: 404, Source: "error codes", Error: &Error{"AliasNotFound", "alias 'test' of service 'conformance' does not exist"}, Headers: common},
}
