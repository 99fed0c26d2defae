package guesttest

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// params is an HTTP request as the runtime API carries it.
func params(path string) string {
	return base64.StdEncoding.EncodeToString([]byte(`{"path":"` + path + `","method":"PUT","requestURI":"` + path +
		`?q=a%20b","clientIP":"10.0.0.1","host":"example.com","queriesMap":{"q":["unused"]},"headersMap":{"X-B":["2","3"],"X-A":["1"]}}`))
}

// exchanges are what TestTranscripts sends, by mode of the function. A nil header
// value leaves the header out.
var exchanges = map[string][]struct {
	name   string
	header map[string]string
	body   string
}{
	"event": {
		{"initializer", map[string]string{"x-fc-function-type": "1"}, "ignored"},
		{"initialized", nil, `{"Op":"initialized"}`},
		{"context", map[string]string{
			"x-fc-access-key-id": "ak", "x-fc-access-key-secret": "sk", "x-fc-security-token": "st",
			"x-fc-function-name": "fn", "x-fc-function-handler": "main", "x-fc-function-memory": "128",
			"x-fc-service-name": "svc", "x-fc-service-logproject": "lp", "x-fc-service-logstore": "ls",
			"x-fc-qualifier": "q", "x-fc-version-id": "3", "x-fc-region": "cn-hangzhou", "x-fc-account-id": "42",
			"x-fc-retry-count": "2", "x-fc-tracing-opentracing-span-context": "span", "x-fc-tracing-jaeger-endpoint": "jaeger",
			"x-fc-tracing-opentracing-span-baggages": base64.StdEncoding.EncodeToString([]byte(`{"k":"v"}`)),
		}, `{"Op":"context"}`},
		{"no deadline and no timeout", map[string]string{"x-fc-function-deadline": "", "x-fc-function-timeout": ""}, `{"Op":"context"}`},
		{"unknown function type", map[string]string{"x-fc-function-type": "seven"}, `{"Op":"initialized"}`},
		{"HTTP params to an event handler", map[string]string{"x-fc-http-params": params("/")}, `{"Op":"initialized"}`},
		{"error", nil, `{"Op":"error"}`},
		{"own error", nil, `{"Op":"own error"}`},
		{"panic", nil, `{"Op":"panic"}`},
		{"goexit", nil, `{"Op":"goexit"}`},
		{"no JSON", nil, "a <b>"},
		{"empty", nil, ""},
		{"result without JSON", nil, `{"Op":"chan"}`},
		{"pre-stop", map[string]string{"x-fc-function-type": "2"}, ""},
		{"pre-freeze", map[string]string{"x-fc-function-type": "3"}, ""},
		{"deadline that is no number", map[string]string{"x-fc-function-deadline": "soon"}, `{"Op":"context"}`},
		{"retry count that is no number", map[string]string{"x-fc-retry-count": "one"}, `{"Op":"context"}`},
		{"baggages that are no JSON", map[string]string{"x-fc-tracing-opentracing-span-baggages": "eA=="}, `{"Op":"context"}`},
	},
	"http": {
		{"request", map[string]string{"x-fc-http-params": params("/x")}, "\x00body"},
		{"nothing written", map[string]string{"x-fc-http-params": params("/nothing")}, ""},
		{"flushed", map[string]string{"x-fc-http-params": params("/stream")}, ""},
		{"error", map[string]string{"x-fc-http-params": params("/error")}, ""},
		{"no HTTP params", nil, `{"Op":"count"}`},
		{"HTTP params that are no base64", map[string]string{"x-fc-http-params": "!"}, ""},
		{"HTTP params that are no JSON", map[string]string{"x-fc-http-params": "eA=="}, ""},
		{"hook that is not there", map[string]string{"x-fc-function-type": "2"}, ""},
	},
	"handler": {{"bytes", nil, "\xff\x00 as they are"}},
}

// TestTranscripts compares everything that a native function asks, answers and
// prints with what is written down in testdata/transcripts. Set UPDATE_GOLDEN to
// write it down anew.
func TestTranscripts(t *testing.T) {
	for mode, sent := range exchanges {
		t.Run(mode, func(t *testing.T) {
			t.Parallel()
			api := newRuntimeAPI(t)
			env := []string{"FC_RUNTIME_API=" + api.Listener.Addr().String(), "MODE=" + mode}
			if mode == "event" {
				env = append(env, "HOOKS=all")
			}
			p := startProgram(t, env...)
			var got strings.Builder
			fmt.Fprintf(&got, "%s", await(t, api.nexts))
			for i, s := range sent {
				id := fmt.Sprintf("r-%d", i)
				header := map[string]string{
					"x-fc-request-id": id, "x-fc-function-deadline": "4102444800000", "x-fc-function-timeout": "60",
				}
				for name, value := range s.header {
					header[name] = value
				}
				api.queue <- delivery{header, s.body}
				post := await(t, api.posts)
				stderr := p.take(1)
				if strings.HasSuffix(post.path, "/error") {
					post, stderr = tidy(t, post, stderr)
				}
				fmt.Fprintf(&got, "\n=== %s\n%s--- stdout\n%s--- stderr\n%s", s.name, post, p.take(0), stderr)
			}
			golden(t, filepath.Join("testdata", "transcripts", mode+".txt"), got.String())
		})
	}
}

// failure is the body of a POST to /error.
type failure struct {
	ErrorMessage string           `json:"errorMessage"`
	ErrorType    string           `json:"errorType"`
	StackTrace   []map[string]any `json:"stackTrace,omitempty"`
}

// tidy checks that stderr has the error that was posted, and shortens both: of
// stack traces only the first two frames and the user's are the same everywhere.
func tidy(t *testing.T, post request, stderr string) (request, string) {
	t.Helper()
	var f failure
	if err := json.Unmarshal([]byte(post.body), &f); err != nil {
		t.Fatalf("%s: %v", post.body, err)
	}
	var indented strings.Builder
	for _, line := range strings.SplitAfter(stderr, "\n") {
		if _, rest, ok := strings.Cut(line, " [ERROR] "); ok || indented.Len() > 0 {
			if ok {
				line = rest
			}
			indented.WriteString(line)
		}
	}
	if text := indented.String(); text != "" {
		var printed failure
		if err := json.Unmarshal([]byte(text), &printed); err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		if diff := cmp.Diff(f, printed); diff != "" {
			t.Errorf("the error on stderr is not the one that was posted:\n%s", diff)
		}
		stderr = strings.Replace(stderr, text, "{the error}\n", 1)
	}
	if len(f.StackTrace) == 0 {
		return post, stderr
	}
	kept := f.StackTrace[:2:2]
	for _, frame := range f.StackTrace[2:] {
		if frame["path"] == "function/main.go" {
			kept = append(kept, frame)
		}
	}
	for _, frame := range kept {
		frame["line"] = "N"
	}
	f.StackTrace = kept
	body, err := json.Marshal(f)
	if err != nil {
		t.Fatal(err)
	}
	post.body = string(body)
	post.header.Set("Content-Length", "N")
	return post, stderr
}

func golden(t *testing.T, file, got string) {
	t.Helper()
	if os.Getenv("UPDATE_GOLDEN") != "" {
		write(t, file, got)
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", file, diff)
	}
}

// invocation is a delivery with what every one has.
func invocation(id, body string) delivery {
	return delivery{map[string]string{
		"x-fc-request-id": id, "x-fc-function-deadline": "4102444800000", "x-fc-function-timeout": "60",
	}, body}
}

// TestOverlap hands out invocations that end only when three of them run.
func TestOverlap(t *testing.T) {
	t.Parallel()
	api := newRuntimeAPI(t)
	startProgram(t, "FC_RUNTIME_API="+api.Listener.Addr().String(), "MODE=event")
	want, got := map[string]string{}, map[string]string{}
	for _, id := range []string{"r-1", "r-2", "r/3 %"} {
		api.queue <- invocation(id, `{"Op":"meet"}`)
	}
	for _, id := range []string{"r-1", "r-2", "r%2F3%20%25"} {
		want["/2020-11-11/runtime/invocation/"+id+"/response"] = `"met"`
		post := await(t, api.posts)
		got[post.path] = post.body
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("answers (-want +got):\n%s", diff)
	}
}

func TestExitInHandler(t *testing.T) {
	t.Parallel()
	api := newRuntimeAPI(t)
	p := startProgram(t, "FC_RUNTIME_API="+api.Listener.Addr().String(), "MODE=event")
	api.queue <- invocation("r-1", `{"Op":"exit"}`)
	if code := p.wait(); code != 3 {
		t.Errorf("exit code %d, want 3", code)
	}
	if diff := cmp.Diff("FC Invoke Start RequestId: r-1\n", p.take(0)); diff != "" {
		t.Errorf("stdout (-want +got):\n%s", diff)
	}
	if len(api.posts) > 0 {
		t.Errorf("answered %s", <-api.posts)
	}
}

// TestRefusals lets the API fail: requests for an invocation become rarer, and a
// refused answer costs nothing but itself.
func TestRefusals(t *testing.T) {
	t.Parallel()
	api := newRuntimeAPI(t)
	api.answerWith(http.MethodGet, http.StatusInternalServerError)
	p := startProgram(t, "FC_RUNTIME_API="+api.Listener.Addr().String(), "MODE=event")
	await(t, api.nexts)
	time.Sleep(500 * time.Millisecond)
	if n := len(api.nexts); n == 0 || n > 10 { // 10+20+40+80+160 ms and so on; slow machines make it less
		t.Errorf("%d more attempts in half a second, want about 5", n)
	}
	api.answerWith(http.MethodGet, 0)
	api.answerWith(http.MethodPost, http.StatusAccepted)
	api.queue <- invocation("r-1", `{"Op":"count"}`)
	if got := await(t, api.posts).body; got != "1" {
		t.Errorf("answer %s", got)
	}
	api.answerWith(http.MethodPost, 0)
	api.queue <- invocation("r-2", `{"Op":"count"}`)
	if got := await(t, api.posts).body; got != "2" {
		t.Errorf("answer %s", got)
	}
	stderr := p.take(1)
	for range 1000 { // what went wrong is printed beside the next invocation
		if strings.Contains(stderr, "status code: 202") {
			break
		}
		time.Sleep(10 * time.Millisecond)
		stderr += p.take(1)
	}
	for _, want := range []string{
		"DATE failed to get invoke request due to failed to GET " + api.URL +
			"/2020-11-11/runtime/invocation/next: got unexpected status code: 500\n",
		"DATE failed to invoke function due to unexpected error occurred when sending the function functionResponse to the API: " +
			"failed to POST to " + api.URL + "/2020-11-11/runtime/invocation/r-1/response: got unexpected status code: 202\n",
	} {
		if !strings.Contains(stderr, want) {
			t.Errorf("stderr lacks %q:\n%s", want, stderr)
		}
	}
	if n := len(api.posts); n > 0 {
		t.Errorf("%d answers were sent again", n)
	}
}
