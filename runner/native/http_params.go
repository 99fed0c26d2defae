package native

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/textproto"
	"net/url"
	"slices"
	"strings"

	"github.com/wafer-run/wafer/abi"
	"github.com/wafer-run/wafer/runner"
	"github.com/wafer-run/wafer/runner/native/internal/runtimeapi"
)

// paramsHeader carries all of an HTTP request or answer but its body.
const paramsHeader = "X-Fc-Http-Params"

// noParams is what the FC Go SDK says before it would call a handler of
// fc.StartHttp with an event.
const noParams = "no httpParams found in request"

// wantsParams reports whether an invocation failed because the program takes
// HTTP requests as they are.
func wantsParams(err error) bool {
	var e *handlerError
	return errors.As(err, &e) && e.Message == noParams
}

// wants notes that a program says by an error that it takes HTTP requests as they
// are, and returns whether it does. After an answer that has shown its form,
// such an error is a handler's own, in words that may be a client's.
func (f *Function) wants(err error) bool {
	if f.program.Form != FormAuto || !wantsParams(err) {
		return false
	}
	if !f.proven.Load() {
		f.params.Store(true)
	}
	return f.params.Load()
}

// learn takes the form of a program from an answer of its handler: those of HTTP
// handlers have a head, and others have none.
func (f *Function) learn(a runtimeapi.Answer) {
	if f.program.Form == FormAuto && !f.proven.Load() {
		f.params.Store(a.Params != "")
		f.proven.Store(true)
	}
}

// requestParams is the form of a request, base64 of JSON.
type requestParams struct {
	Path       string              `json:"path"`
	Method     string              `json:"method"`
	RequestURI string              `json:"requestURI"`
	ClientIP   string              `json:"clientIP"`
	Host       string              `json:"host"`
	QueriesMap map[string][]string `json:"queriesMap"`
	HeadersMap map[string][]string `json:"headersMap"`
}

func encodeParams(req *runner.HTTPRequest) string {
	p := requestParams{
		Path: req.Path, Method: req.Method, RequestURI: req.URI, ClientIP: req.ClientIP, Host: req.Host,
		HeadersMap: make(map[string][]string, len(req.Headers)),
	}
	_, query, _ := strings.Cut(req.URI, "?")
	p.QueriesMap, _ = url.ParseQuery(query) // what can be parsed of it
	for _, h := range req.Headers {
		p.HeadersMap[h.Key] = append(p.HeadersMap[h.Key], h.Value)
	}
	doc, err := json.Marshal(p)
	if err != nil { // strings always encode
		return ""
	}
	return base64.StdEncoding.EncodeToString(doc)
}

// responseParams is the head of an answer, base64 of JSON. The status of a
// handler that wrote nothing is 0.
type responseParams struct {
	HeadersMap map[string][]string `json:"headersMap"`
	Status     int                 `json:"status"`
}

// decodeParams reads the head of an answer.
func decodeParams(text string) (status int, headers []runner.Header, err error) {
	if text == "" {
		return 0, nil, &responseError{message: "the answer has no " + paramsHeader + " header: the function does not handle HTTP requests"}
	}
	var p responseParams
	doc, err := base64.StdEncoding.DecodeString(text)
	if err == nil {
		err = json.Unmarshal(doc, &p)
	}
	if err != nil {
		return 0, nil, &responseError{message: "the answer's " + paramsHeader + " header is no base64 of JSON: " + err.Error(), err: err}
	}
	if p.Status == 0 {
		p.Status = 200
	}
	for key, values := range p.HeadersMap {
		for _, v := range values {
			headers = append(headers, runner.Header{Key: textproto.CanonicalMIMEHeaderKey(key), Value: v})
		}
	}
	slices.SortStableFunc(headers, func(a, b runner.Header) int { return strings.Compare(a.Key, b.Key) })
	return p.Status, headers, nil
}

// invokeHTTP runs the handler with a request, and writes the answer to w.
func (g *go1) invokeHTTP(ctx context.Context, c *call, req *runner.HTTPRequest, w runner.HTTPWriter) error {
	a, err := g.call(ctx, c, abi.Pair{Key: paramsHeader, Value: encodeParams(req)})
	if err != nil {
		return err
	}
	status, headers, err := decodeParams(a.Params)
	if err != nil {
		return err
	}
	return writeAnswer(ctx, w, status, headers, a.Body)
}

// wholeWriter is a [runner.HTTPWriter] that keeps an answer until the client has
// taken it, so that the instance can have another request meanwhile.
type wholeWriter interface {
	WriteWhole(status int, headers []runner.Header, body []byte) error
}

// writeAnswer writes an answer that is there as a whole.
func writeAnswer(ctx context.Context, w runner.HTTPWriter, status int, headers []runner.Header, body []byte) error {
	if w, ok := w.(wholeWriter); ok {
		if w.WriteWhole(status, headers, body) != nil {
			return ctx.Err()
		}
		return nil
	}
	err := w.WriteHead(status, headers, int64(len(body)))
	if err == nil && len(body) > 0 {
		_, err = w.Write(body)
	}
	if err != nil {
		return ctx.Err() // the writer knows best what else is wrong
	}
	return nil
}
