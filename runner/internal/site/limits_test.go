package site_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/wafer-run/wafer/runner/internal/manifest"
	"github.com/wafer-run/wafer/runner/runnertest"
)

// TestLimits: a function's own sizes count, at every way to it, and follow the
// file while it is served.
func TestLimits(t *testing.T) {
	r := newRig(t)
	r.write("web.wasm", runnertest.Build(t, "testdata/web"))
	r.write("code/event", runnertest.Build(t, "testdata/event"))
	limited := func(own string) string {
		return strings.Replace(both, `account: "123"`, `account: "123", functions: {web: {limits: {`+own+`}}}`, 1)
	}
	tooLong := func(n int) string {
		return fmt.Sprintf(`400 {"Code":"InvalidArgument","Message":"the path with its query has %d bytes, the limit is 10"}`, n)
	}
	r.apply(limited("path: 10"))
	for _, c := range []struct{ host, path, want string }{
		{"web.localhost", "/3456789", "200 hello: GET /3456789"},
		{"web.localhost", "/3456789?12", tooLong(11)},
		{"www.example.org", "/api/6789012", tooLong(12)},
		{"closed.example.org", "/345678901234567890", "200 : GET /345678901234567890"},
	} {
		if got := r.do("GET", c.host, c.path); got != c.want {
			t.Errorf("%s%s:\ngot  %s\nwant %s", c.host, c.path, got, c.want)
		}
	}
	before, err := r.Lookup("", "web", "")
	if err != nil {
		t.Fatal(err)
	}
	r.apply("\n" + limited("path: 10")) // the same, elsewhere in the file
	if after, err := r.Lookup("", "web", ""); err != nil || after.Function != before.Function {
		t.Errorf("a limit that moved in the file has the function loaded again, error %v", err)
	}
	r.apply(limited("path: 12"))
	if got, want := r.do("GET", "www.example.org", "/api/6789012"), "200 hello: GET /api/6789012"; got != want {
		t.Errorf("after the limit was raised: %s, want %s", got, want)
	}
	err = r.Apply(t.Context(), r.parse(limited("requestHeader: 64KB")))
	var bad *manifest.Error
	if want := "limits comes to 69632 bytes of path and requestHeader, and the server reads 12288"; !errors.As(err, &bad) || !strings.Contains(err.Error(), want) {
		t.Errorf("error %v, want %q in it", err, want)
	}
}
