package guesttest

import (
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"regexp"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var greeting = regexp.MustCompile(`^fc: serving (\w+ \([\w ]+\)) on (http://127\.0\.0\.1:\d+), try:\n\n    (curl http://127\.0\.0\.1:\d+/.*)\n\n$`)

// serveLocally starts a function without a runtime API and returns its address.
// want is what it says about itself.
func serveLocally(t *testing.T, want string, env ...string) (*program, string) {
	t.Helper()
	p := startProgram(t, append(env, "FC_SERVER_PORT=0")...)
	stderr := ""
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		stderr += p.take(1)
		if m := greeting.FindStringSubmatch(stderr); m != nil {
			if m[1] != want || !strings.HasPrefix(m[3], "curl "+m[2]) {
				t.Errorf("greeting %q, want one for %q", stderr, want)
			}
			return p, m[2]
		}
	}
	t.Fatalf("no greeting: %q", stderr)
	panic("unreachable")
}

// local sends one request and describes the response.
func local(t *testing.T, method, url, body string, header ...string) string {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(header); i += 2 {
		request.Header.Set(header[i], header[i+1])
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	if response.Header.Get("X-Fc-Request-Id") == "" {
		t.Errorf("%s %s: no request id in %v", method, url, response.Header)
	}
	return fmt.Sprintf("%d %s %s", response.StatusCode, response.Header.Get("X-Fc-Error-Type"), text)
}

func TestLocalEvents(t *testing.T) {
	t.Parallel()
	p, url := serveLocally(t, "function (events)", "MODE=event", "HOOKS=all", "FC_ACCOUNT_ID=42", "FC_FUNCTION_MEMORY_SIZE=128")
	if out := regexp.MustCompile(`[-0-9a-f]{35}`).ReplaceAllString(p.take(0), "ID"); out !=
		"FC Initialize Start RequestId: ID\nFC Initialize End RequestId: ID\n" {
		t.Errorf("printed %q before serving", out)
	}
	const api = "/2023-03-30/functions/any-name/invocations"
	for _, tc := range []struct{ name, method, path, body, want string }{
		{"event", "POST", "/invoke", `{"Op":"initialized"}`, "200  true"},
		{"event of FC 3.0", "POST", api, `{"Op":"initialized"}`, "200  true"},
		{"error", "POST", api, `{"Op":"error"}`, `200 UnhandledInvocationError {"errorMessage":"it failed","errorType":"errorString"}`},
		{"wrong method", "GET", "/invoke", "", "405  the method is GET, want POST\n"},
		{"another path is an HTTP request", "POST", api + "/x", "text",
			`502 UnhandledInvocationError {"errorMessage":"unknown op \"\"","errorType":"errorString"}`},
	} {
		if got := local(t, tc.method, url+tc.path, tc.body); got != tc.want {
			t.Errorf("%s: %q, want %q", tc.name, got, tc.want)
		}
	}
	var got struct {
		FC struct {
			RequestID, AccountId string
			Function             struct{ Name, Memory string }
			Tracing              struct{ OpenTracingSpanBaggages map[string]string }
		}
		Deadline time.Time
	}
	answer := local(t, "POST", url+"/invoke", `{"Op":"context"}`, "x-fc-request-id", "mine", "x-fc-function-name", "renamed")
	if err := json.Unmarshal([]byte(strings.TrimPrefix(answer, "200  ")), &got); err != nil {
		t.Fatalf("%s: %v", answer, err)
	}
	if got.FC.RequestID != "mine" || got.FC.AccountId != "42" || got.FC.Function.Name != "renamed" ||
		got.FC.Function.Memory != "128" || time.Until(got.Deadline) <= 0 {
		t.Errorf("context %+v", got)
	}
	if got := local(t, "POST", url+"/invoke", "", "x-fc-retry-count", "x"); !strings.HasPrefix(got, "400  failed to parse") {
		t.Errorf("bad header: %q", got)
	}
	stop(t, p, "stopping\n")
}

// stop ends the program as a platform does, and checks what its hook printed.
func stop(t *testing.T, p *program, want string) {
	t.Helper()
	if runtime.GOOS == "windows" {
		return // has no such signal
	}
	p.take(0)
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if code := p.wait(); code != 0 {
		t.Errorf("exit code %d; stderr %q", code, p.take(1))
	}
	if out := p.take(0); !strings.Contains(out, want) || (want == "") != (out == "") {
		t.Errorf("printed %q while stopping, want %q", out, want)
	}
}

func TestLocalHTTP(t *testing.T) {
	t.Parallel()
	p, url := serveLocally(t, "function (HTTP requests)", "MODE=http")
	answer := local(t, "PUT", url+"/x?q=a%20b", "body", "X-Fc-Account-Id", "42", "X-A", "1")
	var got struct {
		Method, URI, Remote, Body string
		Header                    http.Header
	}
	if err := json.Unmarshal([]byte(strings.TrimPrefix(answer, "418  ")), &got); err != nil {
		t.Fatalf("%s: %v", answer, err)
	}
	if got.Method != "PUT" || got.URI != "/x?q=a%20b" || got.Remote != "127.0.0.1" || got.Body != "body" ||
		got.Header.Get("X-A") != "1" || got.Header.Get("X-Fc-Account-Id") != "" {
		t.Errorf("the handler saw %+v", got)
	}
	for _, tc := range []struct{ path, want string }{
		{"/nothing", "200  "},
		{"/stream", "200  012"},
		{"/error", `502 UnhandledInvocationError {"errorMessage":"it failed","errorType":"errorString"}`},
		{"/invoke", `200 UnhandledInvocationError {"errorMessage":"no httpParams found in request","errorType":"errorString"}`},
	} {
		if got := local(t, "POST", url+tc.path, "{}"); got != tc.want {
			t.Errorf("%s: %q, want %q", tc.path, got, tc.want)
		}
	}
	stop(t, p, "")
}

// TestLocalTrigger uses a handler that answers with its event.
func TestLocalTrigger(t *testing.T) {
	t.Parallel()
	_, url := serveLocally(t, "function (events)", "MODE=handler")
	answer := local(t, "PUT", url+"/a%20b?x=1&x=2", "\xff", "X-A", "1")
	var got map[string]any
	if err := json.Unmarshal([]byte(strings.TrimPrefix(answer, "200  ")), &got); err != nil {
		t.Fatalf("%s: %v", answer, err)
	}
	context := got["requestContext"].(map[string]any)
	delete(got, "requestContext")
	headers := got["headers"].(map[string]any)
	delete(got, "headers")
	want := map[string]any{
		"version": "v1", "rawPath": "/a%20b", "body": "/w==", "isBase64Encoded": true,
		"queryParameters": map[string]any{"x": "1,2"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("event (-want +got):\n%s", diff)
	}
	if http, ok := context["http"].(map[string]any); !ok || http["method"] != "PUT" || http["path"] != "/a b" || headers["X-A"] != "1" {
		t.Errorf("request context %v, headers %v", context, headers)
	}
}

func TestLocalPortTaken(t *testing.T) {
	t.Parallel()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	_, port, err := net.SplitHostPort(ln.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	p := startProgram(t, "MODE=event", "FC_SERVER_PORT="+port)
	if code := p.wait(); code != 1 {
		t.Errorf("exit code %d, want 1", code)
	}
	if got := p.take(1); !strings.HasPrefix(got, "DATE fc: serving: listen tcp 127.0.0.1:"+port) || !strings.Contains(got, "FC_SERVER_PORT chooses another port") {
		t.Errorf("printed %q", got)
	}
}
