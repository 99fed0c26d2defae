package front

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestRefusedRoutes(t *testing.T) {
	d := directory{functions: map[string]Function{"/f": echo(), "svc/f": echo()}}
	addr, _ := serve(t, d)
	three := func(code, message string) string {
		return `{"Code":"` + code + `","Message":"` + message + `","RequestId":"ID"}`
	}
	two := func(code, message string) string {
		return `{"ErrorCode":"` + code + `","ErrorMessage":"` + message + `"}`
	}
	for _, c := range []struct {
		method, uri string
		headers     []string
		status      int
		body        string
	}{
		{"GET", "/", nil, 400, three("PathNotSupported", "'/' against 'GET' is not supported")},
		{"GET", invoke3, nil, 400, three("PathNotSupported", "'/2023-03-30/functions/f/invocations' against 'GET' is not supported")},
		{"PUT", invoke2 + "?x", nil, 400, two("PathNotSupported", "'/2016-08-15/services/svc/functions/f/invocations' against 'PUT' is not supported")},
		{"POST", "/2023-03-30/functions/f", nil, 400, three("PathNotSupported", "'/2023-03-30/functions/f' against 'POST' is not supported")},
		{"POST", "/2023-03-30/functions//invocations", nil, 400, three("PathNotSupported", "'/2023-03-30/functions//invocations' against 'POST' is not supported")},
		{"POST", "/2023-03-30/functions/a/b/invocations", nil, 400, three("PathNotSupported", "'/2023-03-30/functions/a/b/invocations' against 'POST' is not supported")},
		{"POST", "/2016-08-15/services/svc/functions/f", nil, 400, two("PathNotSupported", "'/2016-08-15/services/svc/functions/f' against 'POST' is not supported")},
		{"POST", "/2016-08-15/services/svc", nil, 400, two("PathNotSupported", "'/2016-08-15/services/svc' against 'POST' is not supported")},
		{"GET", "/2016-08-15/proxy/svc", nil, 400, two("PathNotSupported", "'/2016-08-15/proxy/svc' against 'GET' is not supported")},
		{"GET", "/" + strings.Repeat("x", 300), nil, 400, three("PathNotSupported", "'/"+strings.Repeat("x", 255)+"...' against 'GET' is not supported")},
		{"POST", "/2023-03-30/functions/none/invocations", nil, 404, three("FunctionNotFound", "function 'none' does not exist.")},
		{"POST", "/2023-03-30/functions/%zz/invocations", nil, 404, three("FunctionNotFound", "function '%zz' does not exist.")},
		{"POST", "/2023-03-30/functions/svc$none/invocations", nil, 404, three("FunctionNotFound", "function 'svc$none' does not exist.")},
		{"POST", "/2023-03-30/functions/missing$f/invocations", nil, 404, three("FunctionNotFound", "function 'missing$f' does not exist.")},
		{"POST", "/2023-03-30/functions/svc$f/invocations?qualifier=9", nil, 404, three("VersionNotFound", "version '9' of function 'svc$f' does not exist")},
		{"POST", "/2023-03-30/functions/f/invocations?qualifier=9", nil, 404, three("VersionNotFound", "version '9' of function 'f' does not exist")},
		{"POST", "/2023-03-30/functions/f/invocations?qualifier=a%20b", nil, 404, three("AliasNotFound", "alias 'a b' of function 'f' does not exist")},
		{"POST", "/2016-08-15/services/missing/functions/f/invocations", nil, 404, two("ServiceNotFound", "service 'missing' does not exist")},
		{"POST", "/2016-08-15/services/svc/functions/none/invocations", nil, 404, two("FunctionNotFound", "function 'none' does not exist in service 'svc'")},
		{"POST", "/2016-08-15/services/svc.9/functions/f/invocations", nil, 404, two("VersionNotFound", "version '9' of service 'svc' does not exist")},
		{"GET", "/2016-08-15/proxy/svc.test/f/", nil, 404, two("AliasNotFound", "alias 'test' of service 'svc' does not exist")},
		{"TRACE", "/2016-08-15/proxy/svc/f/", nil, 403, two("AccessDenied", "method 'TRACE' is not one of the HTTP trigger's: GET, POST, PUT, DELETE, HEAD, PATCH, OPTIONS")},
		{"GET", "/2016-08-15/proxy/svc/f/%zz", nil, 400, two("InvalidArgument", `the path '/%zz' is not percent-encoded: invalid URL escape \"%zz\"`)},
		{"POST", invoke3, []string{"X-Fc-Invocation-Type", "Async"}, 400, three("InvalidArgument", "X-Fc-Invocation-Type is 'Async': asynchronous invocations are not supported")},
		{"GET", "/2016-08-15/proxy/svc/f", []string{"X-Fc-Invocation-Type", "Async"}, 400, two("InvalidArgument", "X-Fc-Invocation-Type is 'Async': asynchronous invocations are not supported")},
		{"POST", invoke3, []string{"X-Fc-Invocation-Type", "DryRun"}, 400, three("InvalidArgument", "X-Fc-Invocation-Type is 'DryRun', want Sync")},
		{"POST", invoke3, []string{"X-Fc-Log-Type", "All"}, 400, three("InvalidArgument", "X-Fc-Log-Type is 'All', want None or Tail")},
		{"GET", "/", []string{"X-Fc-Invocation-Target", "nonsense"}, 400, three("InvalidArgument", "X-Fc-Invocation-Target is 'nonsense', want 2016-08-15/proxy/{service}[.{qualifier}]/{function}")},
		{"GET", "/", []string{"X-Fc-Invocation-Target", "2016-08-15/proxy/svc/none"}, 404, two("FunctionNotFound", "function 'none' does not exist in service 'svc'")},
	} {
		t.Run(c.method+c.uri, func(t *testing.T) {
			r := request(t, addr, c.method, c.uri, "", c.headers...)
			id := r.Header.Get("X-Fc-Request-Id")
			if !id3.MatchString(id) && !id2.MatchString(id) {
				t.Errorf("request id %q", id)
			}
			if diff := cmp.Diff(c.body, strings.ReplaceAll(r.body, id, "ID")); r.StatusCode != c.status || diff != "" {
				t.Errorf("status %d, want %d; body (-want +got):\n%s", r.StatusCode, c.status, diff)
			}
			trigger := strings.Contains(c.uri, "/proxy/svc") && r.StatusCode != 400 || strings.HasSuffix(c.uri, "%zz")
			if got := r.Header.Get("X-Fc-Error-Type"); trigger && got != "FcCommonError" {
				t.Errorf("error type %q", got)
			}
		})
	}
}

func FuzzMatchRoute(f *testing.F) {
	for _, s := range []string{invoke3, invoke2, "/2016-08-15/proxy/svc.q/f/a", "/2023-03-30/functions/a%2Fb/invocations", "/", ""} {
		f.Add(s, "qualifier=x&b")
	}
	f.Fuzz(func(t *testing.T, path, query string) {
		r, ok := matchRoute(path, query)
		switch {
		case ok && r.trigger && !strings.HasPrefix(r.path, "/"):
			t.Errorf("%q: trigger path %q", path, r.path)
		case ok && r.qualifier == "" && !strings.Contains(path, "%"):
			t.Errorf("%q: no qualifier", path)
		case !ok && r.trigger:
			t.Errorf("%q: half a route %+v", path, r)
		}
	})
}
