package main

import (
	"encoding/json"
	"strings"

	"github.com/aliyun/fc-runtime-go-sdk/events"
)

type named []byte

// codecs are about decoding events and encoding results.
var codecs = map[string]entry{
	"bytes":       start(func(b []byte) (string, error) { return string(b), nil }),
	"named-bytes": start(func(b named) (string, error) { return string(b), nil }),
	"raw-message": start(func(b json.RawMessage) (json.RawMessage, error) { return b, nil }),
	"string":      start(func(s string) (string, error) { return s, nil }),
	"int":         start(func(n int) (int, error) { return n, nil }),
	"map": start(func(m map[string]interface{}) (map[string]interface{}, error) {
		m["seen"] = true
		return m, nil
	}),
	"any":            start(func(v interface{}) (interface{}, error) { return v, nil }),
	"html":           start(func() (string, error) { return "<hello>&", nil }),
	"bytes-out":      start(func() ([]byte, error) { return []byte("hello"), nil }),
	"nil-out":        start(func() (interface{}, error) { return nil, nil }),
	"nil-pointer":    start(func() (*answer, error) { return nil, nil }),
	"channel-out":    start(func() (chan int, error) { return nil, nil }),
	"infinite":       start(func() (float64, error) { zero := 0.0; return 1 / zero, nil }),
	"large-out":      start(func(n int) (string, error) { return strings.Repeat("x", n), nil }),
	"http-event":     start(describe),
	"http-raw-event": start(func(b []byte) (*events.HTTPTriggerResponse, error) { return respond(string(b)), nil }),
	"http-binary": start(func(events.HTTPTriggerEvent) (*events.HTTPTriggerResponse, error) {
		return &events.HTTPTriggerResponse{
			StatusCode: 201, IsBase64Encoded: true, Body: "AAH/",
			Headers: map[string]string{"content-type": "application/octet-stream", "X-Fc-Mine": "dropped"},
		}, nil
	}),
	"http-bad-status": start(func() (map[string]interface{}, error) { return map[string]interface{}{"statusCode": "200"}, nil }),
	"http-bad-base64": start(func() (map[string]interface{}, error) {
		return map[string]interface{}{"statusCode": 200, "isBase64Encoded": true, "body": "no base64"}, nil
	}),
}

func respond(body string) *events.HTTPTriggerResponse {
	return &events.HTTPTriggerResponse{StatusCode: 200, Body: body}
}

// describe answers an HTTP trigger's event with what it saw of it.
func describe(e events.HTTPTriggerEvent) (*events.HTTPTriggerResponse, error) {
	if e.Body == nil {
		return &events.HTTPTriggerResponse{StatusCode: 400, Body: "no HTTP trigger"}, nil
	}
	c := e.TriggerContext
	return respond(strings.Join([]string{
		*e.Version, *c.Http.Method, *e.RawPath, *c.Http.Path, (*e.QueryParameters)["q"], (*e.Headers)["X-Multi"],
		*c.DomainName, *c.DomainPrefix, *c.Http.SourceIp, *c.Http.UserAgent, *e.Body,
	}, "|")), nil
}
