//go:build !wasip1

package pull

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"
)

// path is where the runtime API keeps invocations.
const path = "/2020-11-11/runtime/invocation/"

// How many connections are kept for the next answer, and for how long. It bounds
// what a burst of concurrent invocations leaves behind.
const (
	idleConns = 64
	idleTime  = 90 * time.Second
)

// client speaks the runtime API. It is safe for concurrent use.
type client struct {
	base  string
	agent string
	http  *http.Client
}

func newClient(addr, agent string) *client {
	// No proxy, whatever the environment says: the API is on this machine. No
	// timeout: the next invocation may be hours away.
	transport := &http.Transport{MaxIdleConnsPerHost: idleConns, IdleConnTimeout: idleTime}
	return &client{base: "http://" + addr + path, agent: agent, http: &http.Client{Transport: transport}}
}

// next waits for an invocation.
func (c *client) next() (http.Header, []byte, error) {
	response, body, err := c.do(http.MethodGet, c.base+"next", nil, nil)
	return response, body, err
}

// answer sends what came of an invocation. An empty httpParams sends none. Where
// a kept connection turns out to be dead, as after a freeze, it is sent again on
// another one: an answer that arrives twice does less harm than none.
func (c *client) answer(id, kind string, body []byte, httpParams string) error {
	header := http.Header{
		"Content-Type":    {"application/json"},
		"Idempotency-Key": {}, // is not sent, but tells package http that it may do so
	}
	if httpParams != "" {
		header.Set("X-Fc-Http-Params", httpParams)
	}
	_, _, err := c.do(http.MethodPost, c.base+url.PathEscape(id)+"/"+kind, body, header)
	return err
}

// do makes one request. Any status but 200 is an error.
func (c *client) do(method, target string, body []byte, header http.Header) (http.Header, []byte, error) {
	to := " "
	if method == http.MethodPost {
		to = " to "
	}
	fail := func(err error) error { return fmt.Errorf("failed to %s%s%s: %w", method, to, target, err) }
	request, err := http.NewRequest(method, target, bytes.NewReader(body))
	if err != nil {
		return nil, nil, fail(err)
	}
	for key, values := range header {
		request.Header[key] = values
	}
	request.Header.Set("User-Agent", c.agent)
	response, err := c.http.Do(request)
	if err != nil {
		if e, ok := err.(*url.Error); ok { //nolint:errorlint // its text says again what ours does
			err = e.Err
		}
		return nil, nil, fail(err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		_, _ = io.Copy(io.Discard, response.Body) // so that the connection can be used again
		return nil, nil, fail(fmt.Errorf("got unexpected status code: %d", response.StatusCode))
	}
	answer, err := io.ReadAll(response.Body)
	if err != nil {
		return nil, nil, fail(err)
	}
	return response.Header, answer, nil
}
