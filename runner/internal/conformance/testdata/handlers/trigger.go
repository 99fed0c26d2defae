package main

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"strings"

	"github.com/aliyun/fc-runtime-go-sdk/events"
)

// answerTrigger is the event function behind an HTTP trigger. The first segment
// of the path says how it answers.
func answerTrigger(payload []byte, _ knowledge) ([]byte, error) {
	var e events.HTTPTriggerEvent
	if err := json.Unmarshal(payload, &e); err != nil {
		return nil, err
	}
	if e.Body == nil {
		return json.Marshal(events.HTTPTriggerResponse{
			StatusCode: http.StatusBadRequest, Body: "the request did not come from an HTTP Trigger, event: " + string(payload),
		})
	}
	if e.TriggerContext.Http.Path == nil {
		return nil, errors.New("the event has a body and no path")
	}
	what := strings.SplitN(strings.TrimPrefix(*e.TriggerContext.Http.Path, "/"), "/", 2)[0]
	if raw, ok := answers[what]; ok {
		return []byte(raw), nil
	}
	switch what {
	case "echo":
		return echo(e)
	case "long":
		return json.Marshal(events.HTTPTriggerResponse{StatusCode: 200, Headers: map[string]string{"X-Long": strings.Repeat("x", 9000)}})
	case "error", "panic", "exit", "log":
		if out, err := do(command{Do: what, N: 1}); err != nil || what != "log" {
			return []byte(out), err
		}
	}
	return json.Marshal(events.HTTPTriggerResponse{
		StatusCode: 200, Headers: map[string]string{"content-type": "application/json"}, Body: string(payload),
	})
}

// answers are results as they are.
var answers = map[string]string{
	"created":      `{"statusCode":201,"headers":{"x-mine":"1","Content-Type":"text/x"},"isBase64Encoded":false,"body":"made"}`,
	"binary":       `{"statusCode":200,"headers":{"Content-Type":"image/png"},"isBase64Encoded":true,"body":"AP8="}`,
	"null-headers": `{"statusCode":200,"headers":null,"isBase64Encoded":false,"body":"text"}`,
	"only-status":  `{"statusCode":202}`,
	"no-content":   `{"statusCode":204,"headers":null,"isBase64Encoded":false,"body":""}`,
	"zero-status":  `{"statusCode":0,"headers":null,"isBase64Encoded":false,"body":"zero"}`,
	"more-fields":  `{"statusCode":200,"body":"text","cookies":["a=b"],"more":{"a":1}}`,
	"redirect":     `{"statusCode":302,"headers":{"Location":"/elsewhere"},"body":""}`,
	"reserved":     `{"statusCode":200,"headers":{"Connection":"close","Date":"never","Server":"mine","Keep-Alive":"1","Content-Length":"99","Content-Disposition":"attachment","x-fc-request-id":"mine","X-Fc-More":"1"},"body":"text"}`,
	"object":       `{"hello":"world"}`,
	"array":        `[1,2]`,
	"string":       `"text"`,
	"number":       `7`,
	"null":         `null`,
	"plain":        `no JSON at all`,
	"empty":        ``,
	"bad-status":   `{"statusCode":"200","body":"text"}`,
	"low-status":   `{"statusCode":99,"body":"text"}`,
	"bad-headers":  `{"statusCode":200,"headers":["a"],"body":"text"}`,
	"bad-header":   `{"statusCode":200,"headers":{"X-A":1},"body":"text"}`,
	"bad-body":     `{"statusCode":200,"body":{"a":1}}`,
	"bad-base64":   `{"statusCode":200,"isBase64Encoded":true,"body":"no base64"}`,
}

// echo answers with the request's body.
func echo(e events.HTTPTriggerEvent) ([]byte, error) {
	body := *e.Body
	if e.IsBase64Encoded != nil && *e.IsBase64Encoded {
		decoded, err := base64.StdEncoding.DecodeString(body)
		if err != nil {
			return nil, err
		}
		body = string(decoded)
	}
	return json.Marshal(events.HTTPTriggerResponse{StatusCode: 200, Body: body})
}
