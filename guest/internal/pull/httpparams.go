//go:build !wasip1

package pull

import (
	"encoding/base64"
	"encoding/json"
	"reflect"
	"sort"

	"github.com/wafer-run/wafer/abi"
	"github.com/wafer-run/wafer/guest/internal/process"
)

// requestParams is an HTTP request as base64 of JSON carries it. The query is in
// the URI.
type requestParams struct {
	Path       string              `json:"path"`
	Method     string              `json:"method"`
	RequestURI string              `json:"requestURI"`
	ClientIP   string              `json:"clientIP"`
	Host       string              `json:"host"`
	HeadersMap map[string][]string `json:"headersMap"`
}

// decodeParams reads the HTTP part of an invocation. When it cannot be read, that
// is the invocation's failure.
func decodeParams(text string) (abi.HTTPRequest, *process.Answer) {
	var p requestParams
	doc, err := base64.StdEncoding.DecodeString(text)
	if err == nil {
		err = json.Unmarshal(doc, &p)
	}
	if err != nil {
		return abi.HTTPRequest{}, process.Failed(err.Error(), typeName(err))
	}
	q := abi.HTTPRequest{Method: p.Method, RequestURI: p.RequestURI, Path: p.Path, ClientIP: p.ClientIP, Host: p.Host}
	names := make([]string, 0, len(p.HeadersMap))
	for name := range p.HeadersMap {
		names = append(names, name)
	}
	sort.Strings(names)
	for _, name := range names {
		for _, value := range p.HeadersMap[name] {
			q.Headers = append(q.Headers, abi.Pair{Key: name, Value: value})
		}
	}
	return q, nil
}

// typeName is the name of an error's type, which for those above is what the
// FC Go SDK reports.
func typeName(err error) string {
	t := reflect.TypeOf(err)
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	return t.Name()
}

// responseParams is the head of an HTTP response.
type responseParams struct {
	HeadersMap map[string][]string `json:"headersMap"`
	Status     uint32              `json:"status"`
}

// encodeParams is the reverse of decodeParams, for a response.
func encodeParams(head *abi.HTTPHead) string {
	p := responseParams{HeadersMap: map[string][]string{}, Status: head.Status}
	for _, h := range head.Headers {
		p.HeadersMap[h.Key] = append(p.HeadersMap[h.Key], h.Value)
	}
	doc, err := json.Marshal(p)
	if err != nil { // strings and numbers always encode
		return ""
	}
	return base64.StdEncoding.EncodeToString(doc)
}
