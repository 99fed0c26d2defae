package native

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/wafer-run/wafer/runner"
)

// FuzzDecodeParams reads heads of answers, which programs may fill with
// anything: there is a head, or an error that says what is wrong.
func FuzzDecodeParams(f *testing.F) {
	for _, doc := range []string{
		`{"headersMap":{"A":["1","2"],"b-c":["3"]},"status":201}`, `{"headersMap":{},"status":0}`, `{"headersMap":null}`,
		`{"status":"200"}`, `[]`, `null`, `{`,
	} {
		f.Add(base64.StdEncoding.EncodeToString([]byte(doc)))
	}
	f.Add("")
	f.Add("no base64")
	f.Fuzz(func(t *testing.T, text string) {
		status, headers, err := decodeParams(text)
		var bad *responseError
		if err != nil {
			if !errors.As(err, &bad) || bad.Error() == "" {
				t.Fatalf("error %v", err)
			}
			return
		}
		doc, err := base64.StdEncoding.DecodeString(text)
		var p responseParams
		if err != nil || json.Unmarshal(doc, &p) != nil {
			t.Fatalf("%q was taken for a head", text)
		}
		n := 0
		for _, values := range p.HeadersMap {
			n += len(values)
		}
		if status == 0 || len(headers) != n {
			t.Fatalf("%s: status %d, %d headers, want %d", doc, status, len(headers), n)
		}
	})
}

func TestEncodeParams(t *testing.T) {
	text := encodeParams(&runner.HTTPRequest{
		Method: "GET", URI: "/a%20b?q=1&q=%zz&q=2", Path: "/a b", Host: "h:1", ClientIP: "192.0.2.1",
		Headers: []runner.Header{{Key: "A", Value: "1"}, {Key: "B", Value: "2"}, {Key: "A", Value: "3"}},
	})
	doc, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	want := `{"path":"/a b","method":"GET","requestURI":"/a%20b?q=1\u0026q=%zz\u0026q=2","clientIP":"192.0.2.1","host":"h:1",` +
		`"queriesMap":{"q":["1","2"]},"headersMap":{"A":["1","3"],"B":["2"]}}`
	if d := cmp.Diff(want, string(doc)); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

// TestParseFailure covers what a program may say of its failures.
func TestParseFailure(t *testing.T) {
	for body, want := range map[string]handlerError{
		`{"errorMessage":"m","errorType":"t"}`: {Message: "m", Type: "t"},
		`{"errorMessage":"m","errorType":"t","stackTrace":[{"path":"p","line":3,"label":"l"},null]}`: {
			Message: "m", Type: "t", Stack: []*runner.StackFrame{{Path: "p", Line: 3, Label: "l"}, nil}},
		`{"errorType":"t"}`:   {Type: "t"},
		`{"a":1}`:             {Message: `{"a":1}`},
		`text`:                {Message: "text"},
		``:                    {},
		`{"errorMessage":{}}`: {Message: `{"errorMessage":{}}`},
	} {
		if d := cmp.Diff(want, *parseFailure([]byte(body))); d != "" {
			t.Errorf("%s (-want +got):\n%s", body, d)
		}
	}
}
