//go:build !wafer_nohttp

package fc

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/wafer-run/wafer/abi"
	"github.com/wafer-run/wafer/guest/fc/messages"
)

// seen is what a handler sees of a request.
type seen struct {
	Method, URL, Path, Host, URLHost, RemoteAddr, RequestURI, Proto, Body string
	Header                                                                http.Header
	Query                                                                 string
	Length                                                                int64
}

func observe(_ context.Context, w http.ResponseWriter, r *http.Request) error {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return err
	}
	w.Header()["Date"] = nil
	return json.NewEncoder(w).Encode(seen{
		Method: r.Method, URL: r.URL.String(), Path: r.URL.Path, Host: r.Host, URLHost: r.URL.Host,
		RemoteAddr: r.RemoteAddr, RequestURI: r.RequestURI, Proto: r.Proto, Body: string(body),
		Header: r.Header, Query: r.URL.Query().Get("q"), Length: r.ContentLength,
	})
}

func encode(t *testing.T, p interface{}) *string {
	t.Helper()
	doc, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	s := base64.StdEncoding.EncodeToString(doc)
	return &s
}

func TestHTTPRequest(t *testing.T) {
	params := HTTPParams{
		Path: "/a b", Method: "PUT", RequestURI: "/a%20b?q=1", ClientIP: "10.0.0.1", Host: "example.org",
		QueriesMap: map[string][]string{"q": {"ignored"}},
		HeadersMap: map[string][]string{"Host": {"h"}, "not-canonical": {"x", "y"}},
	}
	want := seen{
		Method: "PUT", URL: "//example.org/a%20b?q=1", Path: "/a b", Host: "10.0.0.1", URLHost: "example.org",
		RemoteAddr: "10.0.0.1", RequestURI: "/a%20b?q=1", Proto: "HTTP/1.1", Body: "hi",
		Header: http.Header{"Host": {"h"}, "not-canonical": {"x", "y"}}, Query: "1", Length: 2,
	}
	resp := messages.InvokeResponse{}
	req := messages.InvokeRequest{Payload: []byte("hi"), HttpParams: encode(t, params)}
	_ = NewFunction(observe, 102).Invoke(&req, &resp, 0)
	if resp.Error != nil {
		t.Fatalf("%+v", resp.Error)
	}
	var got seen
	if err := json.Unmarshal(resp.Payload, &got); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("request (-want +got):\n%s", diff)
	}
}

func TestHTTPParamsOfAFrame(t *testing.T) {
	got := paramsOf(&abi.HTTPRequest{
		Method: "PUT", RequestURI: "/u?q", Path: "/u", ClientIP: "10.0.0.1", Host: "h", Protocol: "HTTP/1.1",
		Headers: []abi.Pair{{Key: "A", Value: "1"}, {Key: "b", Value: "2"}, {Key: "A", Value: "3"}, {Key: "A", Value: "4"}},
	})
	want := &HTTPParams{
		Method: "PUT", RequestURI: "/u?q", Path: "/u", ClientIP: "10.0.0.1", Host: "h",
		HeadersMap: map[string][]string{"A": {"1", "3", "4"}, "b": {"2"}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("params (-want +got):\n%s", diff)
	}
}

func TestHTTPAnswer(t *testing.T) {
	invalid := "!"
	empty := base64.StdEncoding.EncodeToString(nil)
	for _, tc := range []struct {
		name    string
		params  *string
		handler interface{}
		want    string // decoded HttpParam
		payload string
		err     string
	}{
		{"nothing written", encode(t, HTTPParams{}), func(context.Context, http.ResponseWriter, *http.Request) {},
			`{"headersMap":{},"status":0}`, "", ""},
		{"written", encode(t, HTTPParams{}), func(_ context.Context, w http.ResponseWriter, _ *http.Request) error {
			w.Header()["Date"] = []string{"d"}
			w.Header()["B"] = []string{"1"}
			w.WriteHeader(201)
			_, err := w.Write([]byte("x"))
			return err
		}, `{"headersMap":{"B":["1"],"Date":["d"]},"status":201}`, "x", ""},
		{"failed", encode(t, HTTPParams{}), func(_ context.Context, w http.ResponseWriter, _ *http.Request) error {
			print(w, "dropped")
			return errors.New("no")
		}, "", "", "no"},
		{"no params", nil, observe, "", "", "no httpParams found in request"},
		{"bad base64", &invalid, observe, "", "", "illegal base64 data at input byte 0"},
		{"bad JSON", &empty, observe, "", "", "unexpected end of JSON input"},
		{"bad method", encode(t, HTTPParams{Method: "a b"}), observe, "", "", `net/http: invalid method "a b"`},
		{"bad handler", encode(t, HTTPParams{}), func() {}, "", "", "http handler should takes three arguments, but handler takes 0"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			resp := messages.InvokeResponse{}
			_ = NewFunction(tc.handler, 102).Invoke(&messages.InvokeRequest{HttpParams: tc.params}, &resp, 0)
			got := ""
			if resp.Error != nil {
				got = resp.Error.Message
			}
			head, err := base64.StdEncoding.DecodeString(resp.HttpParam)
			if err != nil {
				t.Fatal(err)
			}
			if got != tc.err || string(head) != tc.want || string(resp.Payload) != tc.payload {
				t.Errorf("got %q, %s, %q; want %q, %s, %q", got, head, resp.Payload, tc.err, tc.want, tc.payload)
			}
		})
	}
}

// TestHTTPIdle checks that a warm-up gets all the way through, also where the
// handler is not valid.
func TestHTTPIdle(t *testing.T) {
	server, payload := NewFunction(nil, 102).server.idle()
	req := messages.InvokeRequest{Payload: payload}
	if err := server.invoke(context.Background(), &req, &messages.InvokeResponse{}); err != nil {
		t.Error(err)
	}
}
