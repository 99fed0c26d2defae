package trigger_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/wafer-run/wafer/abi"
	"github.com/wafer-run/wafer/guest/events"
	"github.com/wafer-run/wafer/runner/internal/trigger"
)

var update = flag.Bool("update", false, "rewrite golden files")

// sample is a request with one of everything.
func sample() trigger.Request {
	return trigger.Request{
		Method: "POST", URI: "/a%20b/%E4%B8%AD?x=1&y=2&x=%2C3&flag", Path: "/a b/中",
		Host: "hello-abcdefghij.cn-shanghai.fcapp.run:8080", ClientIP: "192.0.2.7", Protocol: "HTTP/1.1",
		RequestID: "1-64f6cd87-0123456789abcdef01234567", AccountID: "1234567890",
		Headers: []abi.Pair{
			{Key: "user-agent", Value: "curl/8.5.0"},
			{Key: "Accept", Value: "text/html"},
			{Key: "Content-Type", Value: "application/json; charset=utf-8"},
			{Key: "Accept", Value: "*/*"},
		},
		Body: []byte(`{"key":"<value>"}`),
		Time: time.Date(2023, 9, 5, 14, 41, 11, 71_895_000, time.FixedZone("CST", 8*3600)),
	}
}

func TestAppendEventGolden(t *testing.T) {
	q := sample()
	got := q.AppendEvent([]byte("before"))
	got, ok := bytes.CutPrefix(got, []byte("before"))
	if !ok {
		t.Fatalf("AppendEvent does not append: %s", got)
	}
	var pretty bytes.Buffer
	if err := json.Indent(&pretty, got, "", "  "); err != nil {
		t.Fatalf("event is no JSON: %v\n%s", err, got)
	}
	pretty.WriteByte('\n')
	golden := filepath.Join("testdata", "event.json")
	if *update {
		if err := os.WriteFile(golden, pretty.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), pretty.String()); diff != "" {
		t.Errorf("event differs from %s (-want +got):\n%s", golden, diff)
	}
}

// What the SDK's type makes of the event, and encodes again, is the event.
func TestAppendEventIsTheSDKsType(t *testing.T) {
	q := sample()
	got := q.AppendEvent(nil)
	dec := json.NewDecoder(bytes.NewReader(got))
	dec.DisallowUnknownFields()
	var e events.HTTPTriggerEvent
	if err := dec.Decode(&e); err != nil {
		t.Fatal(err)
	}
	again, err := json.Marshal(e)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(again), string(got)); diff != "" {
		t.Errorf("event differs from what encoding/json makes of the type (-json +event):\n%s", diff)
	}
}

// event is what the tests look at.
type event struct {
	RawPath         string            `json:"rawPath"`
	Headers         map[string]string `json:"headers"`
	QueryParameters map[string]string `json:"queryParameters"`
	Body            string            `json:"body"`
	IsBase64Encoded bool              `json:"isBase64Encoded"`
	RequestContext  struct {
		DomainName   string `json:"domainName"`
		DomainPrefix string `json:"domainPrefix"`
		Time         string `json:"time"`
		TimeEpoch    string `json:"timeEpoch"`
		HTTP         struct {
			UserAgent string `json:"userAgent"`
		} `json:"http"`
	} `json:"requestContext"`
}

func parse(t *testing.T, q trigger.Request) event {
	t.Helper()
	b := q.AppendEvent(nil)
	var e event
	if err := json.Unmarshal(b, &e); err != nil {
		t.Fatalf("event is no JSON: %v\n%s", err, b)
	}
	return e
}

func TestBody(t *testing.T) {
	gzip := "\x1f\x8b\x08\x00"
	for _, c := range []struct {
		name, contentType, body string
		want                    string
		encoded                 bool
	}{
		{"text", "text/plain", "hé", "hé", false},
		{"text in upper case", "Text/HTML; charset=UTF-8", "<p>", "<p>", false},
		{"json", "application/json", `{}`, `{}`, false},
		{"json suffix", "application/problem+json", `{}`, `{}`, false},
		{"xml", "application/xml", `<a/>`, `<a/>`, false},
		{"svg", "image/svg+xml", `<svg/>`, `<svg/>`, false},
		{"form", "application/x-www-form-urlencoded", "a=b", "a=b", false},
		{"javascript", "application/javascript", "1", "1", false},
		{"binary", "application/octet-stream", "plain", "cGxhaW4=", true},
		{"image", "image/png", "\x89PNG", "iVBORw==", true},
		{"multipart", "multipart/form-data; boundary=x", "--x--", "LS14LS0=", true},
		{"no type", "", "plain", "cGxhaW4=", true},
		{"compressed text", "text/plain", gzip, "H4sIAA==", true},
		{"text in latin 1", "text/plain; charset=iso-8859-1", "\xe9", "6Q==", true},
		{"empty binary", "image/png", "", "", false},
		{"no body", "", "", "", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			q := trigger.Request{Body: []byte(c.body)}
			if c.contentType != "" {
				q.Headers = []abi.Pair{{Key: "content-type", Value: c.contentType}}
			}
			e := parse(t, q)
			if e.Body != c.want || e.IsBase64Encoded != c.encoded {
				t.Errorf("body %q, encoded %v; want %q, %v", e.Body, e.IsBase64Encoded, c.want, c.encoded)
			}
		})
	}
}

func TestQueryParameters(t *testing.T) {
	for _, c := range []struct {
		uri, rawPath string
		want         map[string]string
	}{
		{"/", "/", map[string]string{}},
		{"/?", "/", map[string]string{}},
		{"/%2F?a=1", "/%2F", map[string]string{"a": "1"}},
		{"/?a=1&a=2&b=3&a=", "/", map[string]string{"a": "1,2,", "b": "3"}},
		{"/?a+b=c%20d", "/", map[string]string{"a b": "c d"}},
		{"/?a=b=c&&d", "/", map[string]string{"a": "b=c", "d": ""}},
		{"/?a=%zz&%=1", "/", map[string]string{"a": "%zz", "%": "1"}},
		{"/?a=1;b=2", "/", map[string]string{"a": "1;b=2"}},
		{"/?q=%22%0A", "/", map[string]string{"q": "\"\n"}},
		{"/?a=/?b", "/", map[string]string{"a": "/?b"}},
	} {
		e := parse(t, trigger.Request{URI: c.uri})
		if e.RawPath != c.rawPath {
			t.Errorf("%s: raw path %q, want %q", c.uri, e.RawPath, c.rawPath)
		}
		if diff := cmp.Diff(c.want, e.QueryParameters); diff != "" {
			t.Errorf("%s: query parameters (-want +got):\n%s", c.uri, diff)
		}
	}
}

func TestHeaders(t *testing.T) {
	e := parse(t, trigger.Request{Headers: []abi.Pair{
		{Key: "x-b", Value: "1"}, {Key: "X-A", Value: "2"}, {Key: "X-B", Value: ""}, {Key: "x-B", Value: "4"},
	}})
	want := map[string]string{"X-A": "2", "X-B": "1,,4"}
	if diff := cmp.Diff(want, e.Headers); diff != "" {
		t.Errorf("headers (-want +got):\n%s", diff)
	}
}

func TestDomain(t *testing.T) {
	for host, want := range map[string][2]string{
		"f.cn-shanghai.fcapp.run":     {"f.cn-shanghai.fcapp.run", "f"},
		"f.cn-shanghai.fcapp.run:443": {"f.cn-shanghai.fcapp.run", "f"},
		"localhost:9000":              {"localhost", "localhost"},
		"[::1]:9000":                  {"::1", "::1"},
		"[::1]":                       {"::1", "::1"},
		"":                            {"", ""},
	} {
		c := parse(t, trigger.Request{Host: host}).RequestContext
		if got := [2]string{c.DomainName, c.DomainPrefix}; got != want {
			t.Errorf("host %q: domain name and prefix %q, want %q", host, got, want)
		}
	}
}
