//go:build !wafer_nohttp

package fc

import (
	"bytes"
	"context"
	"net/http"
)

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
