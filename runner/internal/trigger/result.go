package trigger

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/textproto"
	"strconv"

	"github.com/wafer-run/wafer/abi"
)

// Response is an answer over HTTP.
type Response struct {
	Status  int
	Headers []abi.Pair
	Body    []byte // may alias the result it was made of
}

// ResultError says why the result of a function cannot be an answer.
type ResultError struct {
	Field  string // of the result, for example statusCode
	Reason string // what it is and what it should be
	Err    error  // may be nil
}

func (e *ResultError) Error() string {
	if e.Err != nil {
		return fmt.Sprintf("the function's result is no HTTP response: %s %s: %v", e.Field, e.Reason, e.Err)
	}
	return fmt.Sprintf("the function's result is no HTTP response: %s %s", e.Field, e.Reason)
}

func (e *ResultError) Unwrap() error { return e.Err }

// The status codes that an answer may have. Lower ones are not final.
const (
	minStatus = 200
	maxStatus = 999
)

// ParseResult makes an answer of a function's result. There are three kinds:
//
//   - A JSON object with a statusCode is an HTTPTriggerResponse: statusCode,
//     headers, isBase64Encoded, body. null counts as absent, unknown fields
//     are ignored, statusCode 0 (what a Go handler sends that sets none) is 200.
//   - Any other JSON is the body of a 200 answer, as it is, of type
//     application/json. A string keeps its quotes.
//   - What is no JSON at all, for example from a WASI command, is the body of
//     a 200 answer of type application/octet-stream.
//
// # Errors
//
// A [*ResultError] where there is a statusCode, but a field has the wrong type
// or cannot be sent.
func ParseResult(payload []byte) (Response, error) {
	if !json.Valid(payload) {
		return plainResponse("application/octet-stream", payload), nil
	}
	f := resultFields(payload)
	if f.status == nil {
		return plainResponse("application/json", payload), nil
	}
	var r Response
	var err error
	if r.Status, err = parseStatus(f.status); err != nil {
		return Response{}, err
	}
	if r.Headers, err = parseHeaders(f.headers); err != nil {
		return Response{}, err
	}
	if r.Body, err = parseBody(f.body, f.encoded); err != nil {
		return Response{}, err
	}
	return r, nil
}

func plainResponse(contentType string, body []byte) Response {
	return Response{Status: 200, Headers: []abi.Pair{{Key: "Content-Type", Value: contentType}}, Body: body}
}

// fields are the raw values of a response, nil where absent or null.
type fields struct{ status, headers, encoded, body []byte }

// resultFields finds the fields of a response in valid JSON.
func resultFields(doc []byte) (f fields) {
	each(doc, func(key, value []byte) {
		var to *[]byte
		switch string(text(key)) {
		case "statusCode":
			to = &f.status
		case "headers":
			to = &f.headers
		case "isBase64Encoded":
			to = &f.encoded
		case "body":
			to = &f.body
		default:
			return
		}
		if *to = value; string(value) == "null" {
			*to = nil
		}
	})
	return f
}

// maxHeaders is how many headers are looked at: each takes ten times the bytes that
// it may have in a result. The limits of answers are the front's.
const maxHeaders = 10_000

func parseStatus(raw []byte) (int, error) {
	n, err := strconv.Atoi(string(raw))
	switch {
	case err != nil:
		return 0, &ResultError{Field: "statusCode", Reason: "is " + excerpt(raw) + ", want an integer"}
	case n == 0:
		return 200, nil
	case n < minStatus || n > maxStatus:
		return 0, &ResultError{Field: "statusCode", Reason: fmt.Sprintf("is %d, want %d to %d", n, minStatus, maxStatus)}
	}
	return n, nil
}

func parseHeaders(raw []byte) (headers []abi.Pair, err error) {
	if raw == nil {
		return nil, nil
	}
	if raw[0] != '{' {
		return nil, &ResultError{Field: "headers", Reason: "is " + excerpt(raw) + ", want an object of strings"}
	}
	each(raw, func(key, value []byte) {
		if err != nil || string(value) == "null" {
			return
		}
		name := string(text(key))
		switch {
		case len(headers) == maxHeaders:
			err = &ResultError{Field: "headers", Reason: fmt.Sprintf("has over %d names", maxHeaders)}
		case value[0] != '"':
			err = &ResultError{Field: "headers", Reason: fmt.Sprintf("has %s for %q, want a string", excerpt(value), name)}
		case !validName(name):
			err = &ResultError{Field: "headers", Reason: fmt.Sprintf("has the name %q, which HTTP does not allow", name)}
		case !validValue(text(value)):
			err = &ResultError{Field: "headers", Reason: fmt.Sprintf("has a control character in the value of %q", name)}
		default:
			headers = append(headers, abi.Pair{Key: textproto.CanonicalMIMEHeaderKey(name), Value: string(text(value))})
		}
	})
	if err != nil {
		return nil, err
	}
	return headers, nil
}

func parseBody(raw, encoded []byte) ([]byte, error) {
	base64Encoded := string(encoded) == "true"
	if encoded != nil && !base64Encoded && string(encoded) != "false" {
		return nil, &ResultError{Field: "isBase64Encoded", Reason: "is " + excerpt(encoded) + ", want true or false"}
	}
	if raw == nil {
		return nil, nil
	}
	if raw[0] != '"' {
		return nil, &ResultError{Field: "body", Reason: "is " + excerpt(raw) + ", want a string"}
	}
	body := text(raw)
	if !base64Encoded {
		return body, nil
	}
	out := make([]byte, base64.StdEncoding.DecodedLen(len(body)))
	n, err := base64.StdEncoding.Decode(out, body)
	if err != nil {
		return nil, &ResultError{Field: "body", Reason: "is not base64 although isBase64Encoded is true", Err: err}
	}
	return out[:n], nil
}

// excerpt shows the start of a value in an error.
func excerpt(raw []byte) string {
	const most = 32
	if len(raw) <= most {
		return string(raw)
	}
	return string(bytes.ToValidUTF8(raw[:most], nil)) + "..."
}
