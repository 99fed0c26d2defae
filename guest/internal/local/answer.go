//go:build !wasip1

package local

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"

	"github.com/wafer-run/wafer/guest/internal/process"
)

// Statuses that can be sent as the last one of an answer.
const minStatus, maxStatus = 200, 999

// sendFailure answers for a function that failed: with 200 to who sent an
// event, and with 502 to who sent an HTTP request, as the platform does.
func sendFailure(w http.ResponseWriter, a *process.Answer, event bool) {
	w.Header().Set("X-Fc-Error-Type", "UnhandledInvocationError")
	w.Header().Set("Content-Type", "application/json")
	if !event {
		w.WriteHeader(http.StatusBadGateway)
	}
	_, _ = w.Write(a.FailureJSON(false))
}

// sendHTTP sends what an HTTP handler wrote. Nothing written means 200.
func sendHTTP(w http.ResponseWriter, a *process.Answer) {
	for _, h := range a.Head.Headers {
		w.Header().Add(h.Key, h.Value)
	}
	send(w, int(a.Head.Status), a.Body)
}

func send(w http.ResponseWriter, status int, body []byte) {
	if status == 0 {
		status = http.StatusOK
	}
	if status < minStatus || status > maxStatus {
		http.Error(w, fmt.Sprintf("the function answered with status %d, want %d to %d", status, minStatus, maxStatus), http.StatusBadGateway)
		return
	}
	w.WriteHeader(status)
	_, _ = w.Write(body) // an error means that the client is gone, or wants no body
}

// triggerResult is what a function may answer to the event of an HTTP trigger.
type triggerResult struct {
	StatusCode *int              `json:"statusCode"`
	Headers    map[string]string `json:"headers"`
	Base64     bool              `json:"isBase64Encoded"`
	Body       string            `json:"body"`
}

// sendResult sends the result of an event that was an HTTP request. A JSON object
// with a statusCode describes a response, all else is the body of one.
func sendResult(w http.ResponseWriter, result []byte) {
	var probe struct {
		StatusCode *json.RawMessage `json:"statusCode"`
	}
	if json.Unmarshal(result, &probe) != nil || probe.StatusCode == nil {
		w.Header().Set("Content-Type", "application/json")
		if !json.Valid(result) {
			w.Header().Set("Content-Type", "application/octet-stream")
		}
		send(w, http.StatusOK, result)
		return
	}
	var r triggerResult
	err := json.Unmarshal(result, &r)
	body := []byte(r.Body)
	if err == nil && r.Base64 {
		body, err = base64.StdEncoding.DecodeString(r.Body)
	}
	if err != nil {
		http.Error(w, "the function's result is no HTTP response: "+err.Error(), http.StatusBadGateway)
		return
	}
	for key, value := range r.Headers {
		w.Header().Set(key, value)
	}
	send(w, *r.StatusCode, body)
}
