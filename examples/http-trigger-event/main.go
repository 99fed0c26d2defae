// Command http-trigger-event answers HTTP requests that arrive as events: the
// platform turns the request into JSON, and the JSON answer into a response.
package main

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"net/http"

	"github.com/aliyun/fc-runtime-go-sdk/events"
	"github.com/aliyun/fc-runtime-go-sdk/fc"
)

func answer(status int, value interface{}) (*events.HTTPTriggerResponse, error) {
	body, err := json.Marshal(value)
	if err != nil {
		return nil, err
	}
	return &events.HTTPTriggerResponse{
		StatusCode: status,
		Headers:    map[string]string{"Content-Type": "application/json"},
		Body:       string(body) + "\n",
	}, nil
}

func HandleRequest(ctx context.Context, event events.HTTPTriggerEvent) (*events.HTTPTriggerResponse, error) {
	if event.Body == nil || event.TriggerContext.Http.Method == nil {
		return answer(http.StatusBadRequest, "this event did not come from an HTTP trigger")
	}
	body := []byte(*event.Body)
	if event.IsBase64Encoded != nil && *event.IsBase64Encoded {
		decoded, err := base64.StdEncoding.DecodeString(*event.Body)
		if err != nil {
			return answer(http.StatusBadRequest, err.Error())
		}
		body = decoded
	}
	return answer(http.StatusOK, struct {
		Method string            `json:"method"`
		Path   string            `json:"path"`
		Query  map[string]string `json:"query"`
		Size   int               `json:"size"`
		Text   bool              `json:"text"`
	}{
		Method: *event.TriggerContext.Http.Method,
		Path:   *event.RawPath,
		Query:  *event.QueryParameters,
		Size:   len(body),
		Text:   event.IsBase64Encoded == nil || !*event.IsBase64Encoded,
	})
}

func main() {
	fc.Start(HandleRequest)
}
