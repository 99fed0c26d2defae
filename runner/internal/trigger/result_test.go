package trigger_test

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/wafer-run/wafer/abi"
	"github.com/wafer-run/wafer/guest/events"
	"github.com/wafer-run/wafer/runner/internal/trigger"
)

func response(status int, body string, headers ...string) trigger.Response {
	r := trigger.Response{Status: status, Body: []byte(body)}
	for i := 0; i < len(headers); i += 2 {
		r.Headers = append(r.Headers, abi.Pair{Key: headers[i], Value: headers[i+1]})
	}
	return r
}

func TestParseResult(t *testing.T) {
	const js, bin = "application/json", "application/octet-stream"
	for _, c := range []struct {
		name, payload string
		want          trigger.Response
	}{
		{"status alone", `{"statusCode":204}`, response(204, "")},
		{"all", `{"statusCode":201,"headers":{"x-a":"1","Content-Type":"text/plain"},"isBase64Encoded":false,"body":"hi"}`,
			response(201, "hi", "X-A", "1", "Content-Type", "text/plain")},
		{"as the SDK sends it", `{"statusCode":200,"headers":null,"isBase64Encoded":false,"body":"x"}`, response(200, "x")},
		{"nulls", `{"statusCode":200,"headers":null,"isBase64Encoded":null,"body":null}`, response(200, "")},
		{"null header", `{"statusCode":200,"headers":{"a":null,"b":"1"}}`, response(200, "", "B", "1")},
		{"space", " {\n\t\"statusCode\" : 200 ,\r\n \"body\" : \"x\" }\n", response(200, "x")},
		{"base64", `{"statusCode":200,"isBase64Encoded":true,"body":"AAH/"}`, response(200, "\x00\x01\xff")},
		{"escapes", `{"st\u0061tusCode":200,"body":"\"\\\n\u00e9\\\\"}`, response(200, "\"\\\né\\\\")},
		{"body ends in a backslash", `{"body":"a\\","statusCode":200}`, response(200, `a\`)},
		{"unknown fields", `{"a":[{"statusCode":1}],"statusCode":200,"b":{"c":"]}"},"d":-1.5e3,"e":[],"body":"x","f":{}}`, response(200, "x")},
		{"twice", `{"statusCode":200,"statusCode":201}`, response(201, "")},
		{"zero", `{"statusCode":0,"body":"x"}`, response(200, "x")},
		{"no status", `{"body":"x"}`, response(200, `{"body":"x"}`, "Content-Type", js)},
		{"null status", `{"statusCode":null}`, response(200, `{"statusCode":null}`, "Content-Type", js)},
		{"other case", `{"StatusCode":200}`, response(200, `{"StatusCode":200}`, "Content-Type", js)},
		{"empty object", `{}`, response(200, `{}`, "Content-Type", js)},
		{"string", `"hi"`, response(200, `"hi"`, "Content-Type", js)},
		{"string of a response", `"{\"statusCode\":404}"`, response(200, `"{\"statusCode\":404}"`, "Content-Type", js)},
		{"array", `[{"statusCode":404}]`, response(200, `[{"statusCode":404}]`, "Content-Type", js)},
		{"number", `42`, response(200, `42`, "Content-Type", js)},
		{"null", `null`, response(200, `null`, "Content-Type", js)},
		{"no JSON", `hello`, response(200, `hello`, "Content-Type", bin)},
		{"cut off", `{"statusCode":404`, response(200, `{"statusCode":404`, "Content-Type", bin)},
		{"nothing", ``, response(200, ``, "Content-Type", bin)},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := trigger.ParseResult([]byte(c.payload))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, got, cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("response (-want +got):\n%s", diff)
			}
		})
	}
}

func TestParseResultErrors(t *testing.T) {
	for payload, want := range map[string]string{
		`{"statusCode":"200"}`: `statusCode is "200", want an integer`,
		`{"statusCode":200.5}`: `statusCode is 200.5, want an integer`,
		`{"statusCode":true}`:  `statusCode is true, want an integer`,
		`{"statusCode":{"a":"` + strings.Repeat("é", 40) + `"}}`: `statusCode is {"a":"` + strings.Repeat("é", 13) + `..., want an integer`,
		`{"statusCode":101}`:                                           `statusCode is 101, want 200 to 999`,
		`{"statusCode":-1}`:                                            `statusCode is -1, want 200 to 999`,
		`{"statusCode":1000}`:                                          `statusCode is 1000, want 200 to 999`,
		`{"statusCode":200,"headers":[]}`:                              `headers is [], want an object of strings`,
		`{"statusCode":200,"headers":{"a":1}}`:                         `headers has 1 for "a", want a string`,
		`{"statusCode":200,"headers":{"a b":"1"}}`:                     `headers has the name "a b", which HTTP does not allow`,
		`{"statusCode":200,"headers":{"":"1"}}`:                        `headers has the name "", which HTTP does not allow`,
		`{"statusCode":200,"headers":{"a":"1\r\nSet-Cookie: x"}}`:      `headers has a control character in the value of "a"`,
		`{"statusCode":200,"body":{}}`:                                 `body is {}, want a string`,
		`{"statusCode":200,"body":7}`:                                  `body is 7, want a string`,
		`{"statusCode":200,"isBase64Encoded":"true","body":"x"}`:       `isBase64Encoded is "true", want true or false`,
		`{"statusCode":200,"isBase64Encoded":true,"body":"not base"}`:  `body is not base64 although isBase64Encoded is true: illegal base64 data at input byte 3`,
		`{"statusCode":200,"isBase64Encoded":true,"body":"AAH","a":1}`: `body is not base64 although isBase64Encoded is true: illegal base64 data at input byte 0`,
	} {
		_, err := trigger.ParseResult([]byte(payload))
		var re *trigger.ResultError
		if !errors.As(err, &re) {
			t.Errorf("%s: error %v, want a ResultError", payload, err)
			continue
		}
		if want = "the function's result is no HTTP response: " + want; err.Error() != want {
			t.Errorf("%s: error\n%s, want\n%s", payload, err, want)
		}
	}
}

// Whatever JSON it is, ParseResult sees in it what encoding/json sees.
func FuzzParseResult(f *testing.F) {
	f.Add([]byte(`{"statusCode":200,"headers":{"a":"b"},"isBase64Encoded":true,"body":"AAH/"}`))
	f.Add([]byte(` { "a" : [ 1 , { "b" : "\\\"" } ] , "statusCode" : 404 , "body" : "\ud800" } `))
	f.Add([]byte(`{"":"\\\\","body":null,"statusCode":0}`))
	f.Add([]byte(`[[[{}]]]`))
	f.Fuzz(func(t *testing.T, payload []byte) {
		got, err := trigger.ParseResult(payload)
		var doc map[string]json.RawMessage
		if json.Unmarshal(payload, &doc) != nil || doc["statusCode"] == nil || string(doc["statusCode"]) == "null" {
			if err != nil || got.Status != 200 || string(got.Body) != string(payload) {
				t.Fatalf("no response, but got %+v, %v", got, err)
			}
			return
		}
		if err != nil {
			return
		}
		var want events.HTTPTriggerResponse
		for key, to := range map[string]any{
			"statusCode": &want.StatusCode, "headers": &want.Headers, "isBase64Encoded": &want.IsBase64Encoded, "body": &want.Body,
		} {
			if raw := doc[key]; raw != nil {
				if err := json.Unmarshal(raw, to); err != nil {
					t.Fatalf("%s is accepted, encoding/json says: %v", raw, err)
				}
			}
		}
		body := []byte(want.Body)
		if want.IsBase64Encoded {
			if body, err = base64.StdEncoding.DecodeString(want.Body); err != nil {
				t.Fatal(err)
			}
		}
		if string(body) != string(got.Body) {
			t.Errorf("body %q, encoding/json sees %q", got.Body, body)
		}
		if want.StatusCode != got.Status && want.StatusCode != 0 {
			t.Errorf("status %d, encoding/json sees %d", got.Status, want.StatusCode)
		}
	})
}
