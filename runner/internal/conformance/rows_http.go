package conformance

// web is a row that asks the HTTP function what it sees.
func web(name, method, path, want string, more ...func(*Row)) Row {
	r := Row{Name: name, Call: HTTP, Function: "web", Method: method, Path: path, Want: seen(want)}
	for _, change := range more {
		change(&r)
	}
	return r
}

func with(header ...string) func(*Row) { return func(r *Row) { r.Header = header } }

func body(s string) func(*Row) { return func(r *Row) { r.Body = s } }

func not(s string) func(*Row) { return func(r *Row) { r.Not = s } }

// httpRequestRows are about what an HTTP function sees of a request.
var httpRequestRows = []Row{
	web("GET", "GET", "/a", `"method":"GET"`),
	web("POST", "POST", "/a", `"method":"POST"`),
	web("PUT", "PUT", "/a", `"method":"PUT"`),
	web("DELETE", "DELETE", "/a", `"method":"DELETE"`),
	web("PATCH", "PATCH", "/a", `"method":"PATCH"`),
	web("OPTIONS", "OPTIONS", "/a", `"method":"OPTIONS"`),
	{Name: "HEAD", Call: HTTP, Function: "web", Method: "HEAD", Path: "/a", Headers: map[string]string{"X-Described": "yes"}},
	web("body", "POST", "/a", `"body":"text and more"`, body("text and more")),
	web("chunked body", "PUT", "/a", `"body":"text"`, body("text"), func(r *Row) { r.Chunked = true }),
	web("body of a DELETE", "DELETE", "/a", `"body":"text"`, body("text")),
	web("encoded path", "GET", "/a%2Fb%20c", `"path":"/a/b c"`),
	web("path is not cleaned", "GET", "/a//../b/", `"path":"/a//../b/"`),
	web("query as it is", "GET", "/a?b=%20&b=c&=&d", `"query":"b=%20\u0026b=c\u0026=\u0026d"`),
	web("header", "GET", "/a", `"X-Mine":"1"`, with("x-mine", "1")),
	web("header with several values", "GET", "/a", `"X-Mine":"1|2"`, with("X-Mine", "1", "x-mine", "2")),
	web("cookies", "GET", "/a", `"Cookie":"a=b; c=d"`, with("Cookie", "a=b; c=d")),
	web("user agent", "GET", "/a", `"User-Agent":"tester/1"`, with("User-Agent", "tester/1")),
	web("content type", "POST", "/a", `"Content-Type":"text/x"`, with("Content-Type", "text/x"), body("x")),
	web("authorization", "GET", "/a", `"Authorization":"Bearer x"`, with("Authorization", "Bearer x")),
	web("accepted encodings", "GET", "/a", `"Accept-Encoding":"br"`, with("Accept-Encoding", "br")),
	web("connection", "GET", "/a", `"path":"/a"`, with("Connection", "keep-alive", "Keep-Alive", "timeout=5"), not("eep-")),
	web("connection's own headers", "GET", "/a", `"path":"/a"`, with("TE", "trailers", "Proxy-Authorization", "Basic x"), not("Proxy-")),
	web("transfer encoding", "POST", "/a", `"path":"/a"`, body("x"), func(r *Row) { r.Chunked = true }, not("Transfer-Encoding")),
	web("x-fc headers", "GET", "/a", `"path":"/a"`, with("X-Fc-Mine", "mine", "x-fc-access-key-id", "mine", "X-Fc-Request-Id", "mine", "X-FC-Account-Id", "mine"), not("mine")),
	{Name: "path that is not encoded", Call: HTTP, Function: "web", Path: "/%zz", Status: 400, Source: "wafer", Error: &Error{"InvalidArgument", `the path '/%zz' is not percent-encoded: invalid URL escape "%zz"`}, Headers: common},
}

// httpResponseRows are about how an HTTP function answers.
var httpResponseRows = []Row{
	{Name: "200", Call: HTTP, Function: "web", Path: "/status/200", Want: "status 200"},
	{Name: "201", Call: HTTP, Function: "web", Path: "/status/201", Status: 201, Want: "status 201"},
	{Name: "204", Call: HTTP, Function: "web", Path: "/status/204", Status: 204, Want: ""},
	{Name: "302", Call: HTTP, Function: "web", Path: "/status/302", Status: 302, Want: "«.*»status 302«.*»", Headers: map[string]string{"Location": "/elsewhere"}},
	{Name: "304", Call: HTTP, Function: "web", Path: "/status/304", Status: 304, Want: ""},
	{Name: "404 is the function's", Call: HTTP, Function: "web", Path: "/status/404", Status: 404, Want: "status 404", Headers: map[string]string{"X-Fc-Error-Type": ""}},
	{Name: "500 is the function's", Call: HTTP, Function: "web", Path: "/status/500", Status: 500, Want: "status 500", Headers: map[string]string{"X-Fc-Error-Type": ""}},
	{Name: "599", Call: HTTP, Function: "web", Path: "/status/599", Status: 599, Want: "status 599"},
	{Name: "no answer is 200", Call: HTTP, Function: "web", Path: "/silent", Source: "emulator", Want: "", Headers: map[string]string{"Content-Length": "0"}},
	{Name: "length", Call: HTTP, Function: "web", Path: "/status/200", Want: "status 200", Headers: map[string]string{"Content-Length": "10"}},
	{Name: "HEAD has no body", Call: HTTP, Function: "web", Method: "HEAD", Path: "/status/200", Want: "", Headers: map[string]string{"Content-Length": "10"}},
	{Name: "large body", Call: HTTP, Function: "web", Path: "/large/100000", Want: "«\x00{1000}\x00*»"},
	{Name: "stream", Call: HTTP, Function: "web", Path: "/stream", Source: "languages", Want: "piece 0\npiece 1\npiece 2\n", Streams: true},
	{Name: "headers", Call: HTTP, Function: "web", Path: "/headers?X-A=1&x-b=2&Content-Type=text/x", Want: seen(""), Headers: map[string]string{"X-A": "1", "X-B": "2", "Content-Type": "text/x"}},
	{Name: "header with several values", Call: HTTP, Function: "web", Path: "/headers?X-A=1&X-A=2", Want: seen(""), Headers: map[string]string{"X-A": "1|2"}},
	{Name: "cookies", Call: HTTP, Function: "web", Path: "/headers?Set-Cookie=a%3D1&Set-Cookie=b%3D2", Want: seen(""), Headers: map[string]string{"Set-Cookie": "a=1|b=2"}},
	{Name: "reserved headers", Call: HTTP, Function: "web", Path: "/headers?Connection=close&Keep-Alive=1&Upgrade=x&Trailer=X-T&Proxy-Authenticate=x", Want: seen(""), Headers: map[string]string{"Connection": "", "Keep-Alive": "", "Upgrade": "", "Trailer": "", "Proxy-Authenticate": ""}},
	{Name: "server", Call: HTTP, Function: "web", Path: "/headers?Server=mine", Want: seen(""), Headers: map[string]string{"Server": ""}},
	{Name: "date", Call: HTTP, Function: "web", Path: "/headers?Date=never", Want: seen(""), Headers: map[string]string{"Date": "«..., .* GMT»"}},
	{Name: "x-fc headers", Call: HTTP, Function: "web", Path: "/headers?X-Fc-Mine=1&x-fc-request-id=mine&X-Fc-Error-Type=mine", Want: seen(""), Headers: map[string]string{"X-Fc-Mine": "", "X-Fc-Request-Id": "«id»", "X-Fc-Error-Type": ""}},
	{Name: "attachment in 3.0", Generation: Only3, Call: HTTP, Function: "web", Path: "/headers?Content-Disposition=attachment", Want: seen(""), Headers: map[string]string{"Content-Disposition": ""}},
	{Name: "attachment with a name", Call: HTTP, Function: "web", Path: "/headers?Content-Disposition=attachment%3B+filename%3Dx", Want: seen(""), Headers: map[string]string{"Content-Disposition": "attachment; filename=x"}},
	{Name: "usage", Call: HTTP, Function: "web", Path: "/status/200", Source: "emulator", Want: "status 200", Headers: map[string]string{"X-Fc-Invocation-Duration": `«\d+»`, "X-Fc-Max-Memory-Usage": `«\d+\.\d\d»`, "X-Fc-Instance-Id": "«c-.*»"}},
}

// corsRows are about scripts of other origins.
var corsRows = []Row{
	{Name: "origin is allowed", Call: HTTP, Function: "web", Path: "/status/200", Want: "status 200", Header: []string{"Origin", "https://a.example.com"}, Headers: map[string]string{"Access-Control-Allow-Origin": "https://a.example.com", "Access-Control-Allow-Credentials": "true", "Access-Control-Expose-Headers": exposed}},
	{Name: "no origin", Call: HTTP, Function: "web", Path: "/status/200", Want: "status 200", Headers: map[string]string{"Access-Control-Allow-Origin": "", "Access-Control-Allow-Credentials": ""}},
	{Name: "the function's word", Call: HTTP, Function: "web", Path: "/headers?Access-Control-Allow-Origin=*&Access-Control-Max-Age=7", Want: seen(""), Header: []string{"Origin", "https://a.example.com"}, Headers: map[string]string{"Access-Control-Allow-Origin": "*", "Access-Control-Allow-Credentials": "", "Access-Control-Max-Age": "7"}},
	{Name: "preflight is the function's", Call: HTTP, Function: "web", Method: "OPTIONS", Path: "/status/204", Status: 204, Header: []string{"Origin", "https://a.example.com", "Access-Control-Request-Method", "PUT"}, Headers: map[string]string{"Access-Control-Allow-Origin": "https://a.example.com"}},
	{Name: "failures too", Call: HTTP, Function: "web", Path: "/do/error", Failure: failed, Header: []string{"Origin", "https://a.example.com"}, Headers: map[string]string{"Access-Control-Allow-Origin": "https://a.example.com"}},
	{Name: "refusals too", Call: HTTP, Function: "nobody", Path: "/", Status: 404, Error: &Error{"FunctionNotFound", "function 'conformance-nobody' does not exist«.*»"}, Header: []string{"Origin", "https://a.example.com"}, Headers: map[string]string{"Access-Control-Allow-Origin": "https://a.example.com"}},
}
