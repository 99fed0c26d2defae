//go:build !wasip1

package pull

import (
	"encoding/base64"
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/wafer-run/wafer/abi"
)

func TestRequestParams(t *testing.T) {
	text := base64.StdEncoding.EncodeToString([]byte(`{"path":"/p","method":"PUT","requestURI":"/p?q","clientIP":"10.0.0.1",` +
		`"host":"h","queriesMap":{"q":[""]},"headersMap":{"b":["2","3"],"A":["1"],"none":[]}}`))
	want := abi.HTTPRequest{
		Method: "PUT", RequestURI: "/p?q", Path: "/p", ClientIP: "10.0.0.1", Host: "h",
		Headers: []abi.Pair{{Key: "A", Value: "1"}, {Key: "b", Value: "2"}, {Key: "b", Value: "3"}},
	}
	got, failed := decodeParams(text)
	if diff := cmp.Diff(want, got); diff != "" || failed != nil {
		t.Errorf("request (-want +got), failed %+v:\n%s", failed, diff)
	}
}

// FuzzRequestParams checks that whatever the header holds is either read or a
// failure with a type, and that what was read survives the way back.
func FuzzRequestParams(f *testing.F) {
	for _, doc := range []string{
		`{"path":"/","method":"GET","requestURI":"/","clientIP":"1","host":"h","headersMap":{"A":["1","2"]}}`,
		`{"headersMap":{"A":null,"":[""]}}`, `{"path":1}`, `null`, `[]`, `{`, "",
	} {
		f.Add(base64.StdEncoding.EncodeToString([]byte(doc)))
	}
	f.Add("not base64")
	f.Fuzz(func(t *testing.T, text string) {
		q, failed := decodeParams(text)
		if failed != nil {
			if failed.Failure == nil || failed.Failure.Type == "" {
				t.Errorf("a failure without a type: %+v", failed.Failure)
			}
			return
		}
		p := requestParams{
			Path: q.Path, Method: q.Method, RequestURI: q.RequestURI, ClientIP: q.ClientIP, Host: q.Host,
			HeadersMap: map[string][]string{},
		}
		for _, h := range q.Headers {
			p.HeadersMap[h.Key] = append(p.HeadersMap[h.Key], h.Value)
		}
		doc, err := json.Marshal(p)
		if err != nil {
			t.Fatal(err)
		}
		again, failed := decodeParams(base64.StdEncoding.EncodeToString(doc))
		if diff := cmp.Diff(q, again); diff != "" || failed != nil {
			t.Errorf("read again (-first +second), failed %+v:\n%s", failed, diff)
		}
	})
}
