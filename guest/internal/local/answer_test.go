//go:build !wasip1

package local

import (
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
)

// TestResults makes HTTP responses of the results of events.
func TestResults(t *testing.T) {
	for _, tc := range []struct {
		result, body, contentType string
		status                    int
	}{
		{`{"statusCode":201,"headers":{"Content-Type":"a/b"},"isBase64Encoded":true,"body":"aGk="}`, "hi", "a/b", 201},
		{`{"statusCode":0,"headers":null,"isBase64Encoded":false,"body":"hi"}`, "hi", "text/plain; charset=utf-8", 200},
		{`{"statusCode":null,"body":"hi"}`, `{"statusCode":null,"body":"hi"}`, "application/json", 200},
		{`"hi"`, `"hi"`, "application/json", 200},
		{`hi`, `hi`, "application/octet-stream", 200},
		{`{"statusCode":99,"body":"hi"}`, "the function answered with status 99, want 200 to 999\n", "text/plain; charset=utf-8", 502},
		{`{"statusCode":200,"isBase64Encoded":true,"body":"!"}`,
			"the function's result is no HTTP response: illegal base64 data at input byte 0\n", "text/plain; charset=utf-8", 502},
	} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			sendResult(w, []byte(tc.result))
		}))
		response, err := http.Get(server.URL)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(response.Body)
		response.Body.Close()
		server.Close()
		if err != nil {
			t.Fatal(err)
		}
		if response.StatusCode != tc.status || string(body) != tc.body || response.Header.Get("Content-Type") != tc.contentType {
			t.Errorf("%s: answered %d %q %s", tc.result, response.StatusCode, response.Header.Get("Content-Type"), body)
		}
	}
}

func TestInvocationPaths(t *testing.T) {
	for path, want := range map[string]bool{
		"/invoke": true, "/invoke/": false, "/": false,
		"/2023-03-30/functions/f/invocations":   true,
		"/2023-03-30/functions//invocations":    false,
		"/2023-03-30/functions/invocations":     false,
		"/2023-03-30/functions/a/b/invocations": false,
	} {
		if got := isInvocation(path); got != want {
			t.Errorf("%s: %v, want %v", path, got, want)
		}
	}
}
