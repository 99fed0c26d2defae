package conformance

const domainName = "conformance.example.com"

// at is a row about a path of the custom domain.
func at(name, path, want string, more ...func(*Row)) Row {
	r := Row{Name: name, Generation: Only3, Call: Plain, Host: domainName, Path: path, Want: seen(want)}
	for _, change := range more {
		change(&r)
	}
	return r
}

func in2(r *Row) { r.Generation = Only2 }

// domainRows are about custom domains.
var domainRows = []Row{
	at("wildcard", "/a%20b?c=d", `"path":"/a b","query":"c=d","uri":"/a%20b?c=d"`),
	at("root", "/", `"path":"/"`),
	at("port is no matter", "/a", `"path":"/a"`, func(r *Row) { r.Host += ":8080" }),
	at("case is no matter", "/a", `"path":"/a"`, func(r *Row) { r.Host = "Conformance.EXAMPLE.com" }),
	at("the API's paths are the domain's", "/2023-03-30/functions/conformance-event/invocations", `"path":"/2023-03-30/functions/conformance-event/invocations"`),
	at("longer prefix wins", "/two/a", `"path":"/two/a"`, in2),
	at("longest prefix wins", "/two/prod/a", `"path":"/two/prod/a"`, in2, func(r *Row) { r.Headers = map[string]string{"X-Fc-Invocation-Service-Version": "1"} }),
	at("prefix without its slash", "/two", `"path":"/two"`),
	at("no base path", "/two/a", `"path":"/two/a"`, in2, not("Base-Path")),
	at("event", "/event/a", `"rawPath":"/event/a"«.*»"domainName":"conformance.example.com","domainPrefix":"conformance"`, func(r *Row) { r.Want = r.Want[:len(r.Want)-1] }),
	at("exact path wins", "/exact", "", func(r *Row) { r.Want = `«.*»"rawPath":"/exact"«.*»` }),
	at("method of the route", "/post", `"method":"POST"`, func(r *Row) { r.Method = "POST" }),
	{Name: "method that the route has not", Generation: Only3, Call: Plain, Host: domainName, Path: "/post", Status: 403, Error: method("GET", "POST"), Headers: common},
	at("rewritten, equal", "/old/index?a=b", `"path":"/new","query":"a=b","uri":"/new?a=b"`),
	at("rewritten, wildcard", "/old/img/a/b%20c.png", `"path":"/pictures/a/b c.png"«.*»"uri":"/pictures/a/b%20c.png"`),
	at("rewritten, regular expression", "/old/u/7", `"path":"/users/7"`),
	at("not rewritten", "/old/other", `"path":"/old/other"`),
	{Name: "asynchronous", Generation: Only3, Call: Plain, Host: domainName, Path: "/", Source: "wafer", Header: []string{"X-Fc-Invocation-Type", "Async"}, Status: 400, Error: refusedAsync, Headers: common},
	{Name: "unknown", Generation: Only3, Call: Plain, Host: "nobody.example.com", Path: "/", Source: "error codes", Status: 404, Error: &Error{"DomainNameNotFound", "domain name 'nobody.example.com' does not exist"}, Headers: common},
	{Name: "the API has any host", Generation: Only3, Call: Plain, Host: "nobody.example.com", Method: "POST", Path: "/2023-03-30/functions/conformance-event/invocations", Body: "x", Want: "x"},
}
