package fc

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
)

// HTTPParams is an HTTP request without its body. QueriesMap is informative:
// handlers see the query of RequestURI.
type HTTPParams struct {
	Path       string              `json:"path"`
	Method     string              `json:"method"`
	RequestURI string              `json:"requestURI"`
	ClientIP   string              `json:"clientIP"`
	Host       string              `json:"host"`
	QueriesMap map[string][]string `json:"queriesMap"`
	HeadersMap map[string][]string `json:"headersMap"`
}

// decodeHTTPParams reads the base64 form of the JSON form.
func decodeHTTPParams(text *string) (*HTTPParams, error) {
	if text == nil {
		return nil, errors.New("no httpParams found in request")
	}
	doc, err := base64.StdEncoding.DecodeString(*text)
	if err != nil {
		return nil, err
	}
	var p HTTPParams
	if err := json.Unmarshal(doc, &p); err != nil {
		return nil, err
	}
	return &p, nil
}

// request makes the request that a handler sees. Handlers of the FC Go SDK
// find the client's address in both RemoteAddr and Host, and header names as
// they were sent, so they do here.
func (p *HTTPParams) request(ctx context.Context, body []byte) (*http.Request, error) {
	req, err := http.NewRequestWithContext(ctx, p.Method, p.RequestURI, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	req.URL.Path = p.Path
	req.URL.Host = p.Host
	req.RemoteAddr = p.ClientIP
	req.Host = p.ClientIP
	req.Header = p.HeadersMap
	req.RequestURI = p.RequestURI
	return req, nil
}
