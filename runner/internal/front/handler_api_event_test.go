package front_test

import (
	"encoding/json"
	"strings"
	"testing"
)

const unhandled = "UnhandledInvocationError"

// failed is the body of a failed handler.
func failed(message, errorType string) string {
	b, err := json.Marshal(map[string]string{"errorMessage": message, "errorType": errorType})
	if err != nil {
		return err.Error()
	}
	return string(b)
}

// testAll invokes handlers and compares their answers.
func (h *handlers) testAll(t *testing.T, errType string, cases []struct{ handler, event, want string }) {
	for _, c := range cases {
		t.Run(c.handler, func(t *testing.T) {
			r := h.invoke(t, c.handler, c.event)
			if r.status != 200 || r.errType != errType || !matches(c.want, r.body) {
				t.Errorf("event %.60q: status %d, error type %q, body\n%s, want\n%s", c.event, r.status, r.errType, r.body, c.want)
			}
			if ct := r.header.Get("Content-Type"); (errType == "") != (ct == "application/octet-stream") {
				t.Errorf("content type %q", ct)
			}
			end := "\nFC Invoke End RequestId: " + r.id
			if errType != "" {
				end += ", Error: Unhandled function error"
			}
			if !strings.HasPrefix(r.log, "FC Invoke Start RequestId: "+r.id+"\n") || !strings.Contains(r.log, end+"\n\nDuration: ") {
				t.Errorf("log:\n%s", r.log)
			}
		})
	}
}

func (h *handlers) testShapes(t *testing.T) {
	const event = `{"key":"value"}`
	h.testAll(t, "", []struct{ handler, event, want string }{
		{"nothing", event, `null`},
		{"nothing", `not JSON`, `null`},
		{"err", event, `null`},
		{"in", event, `null`},
		{"in-err", event, `null`},
		{"out-err", `not JSON`, `{"got":"nothing"}`},
		{"in-out-err", event, `{"got":"value"}`},
		{"ctx", `not JSON`, `null`},
		{"ctx-err", event, `null`},
		{"ctx-in", event, `null`},
		{"ctx-in-err", event, `null`},
		{"ctx-out-err", `not JSON`, `{"got":"context"}`},
		{"ctx-in-out-err", event, `{"got":"value"}`},
		{"pointers", event, `{"got":"value"}`},
		{"func-type", `raw`, `"cmF3"`}, // a plain function that returns bytes
		{"handler-struct", `raw "<&>"`, `struct:raw "<&>"`},
		{"handler-pointer", ``, `pointer:`},
		{"handler-func-type", `raw`, `invoke:raw`},
		{"start-with-context", ``, `"parent"`},
		{"start-handler-with-context", ``, `"base"`},
		{"new-handler", `"ab"`, `"abab"`},
		{"flags", ``, `7`}, // date, time, microseconds
		{"handler-flags", ``, `3`},
	})
}

func (h *handlers) testInvalid(t *testing.T) {
	var cases []struct{ handler, event, want string }
	for _, c := range [][2]string{
		{"nil", "handler is nil"},
		{"nil-handler", "handler is nil"},
		{"no-func", "handler kind string is not func"},
		{"no-func-struct", "handler kind struct is not func"},
		{"no-func-pointer", "handler kind ptr is not func"},
		{"invalid-with-type", "handler kind int is not func"},
		{"three-args", "handlers may not take more than two arguments, but handler takes 3"},
		{"first-no-context", "handler takes two arguments, but the first is not Context. got int"},
		{"context-second", "handler takes two arguments, but the first is not Context. got struct"},
		{"three-results", "handler may not return more than two values"},
		{"second-no-error", "handler returns two values, but the second does not implement error"},
		{"single-no-error", "handler returns a single value, but it does not implement error"},
		{"args-before-rest", "handlers may not take more than two arguments, but handler takes 3"},
	} {
		cases = append(cases, struct{ handler, event, want string }{c[0], `{}`, failed(c[1], "errorString")})
	}
	h.testAll(t, unhandled, cases)
}

func (h *handlers) testCodecs(t *testing.T) {
	h.testAll(t, "", []struct{ handler, event, want string }{
		{"bytes", `not JSON`, `"not JSON"`},
		{"bytes", ``, `""`},
		{"bytes", "\x00\xff", `"\u0000\ufffd"`},
		{"named-bytes", `"aGVsbG8="`, `"hello"`},
		{"raw-message", ` {"a": 1} `, `{"a":1}`},
		{"string", `"quoted"`, `"quoted"`},
		{"string", `null`, `""`},
		{"int", ` 42 `, `42`},
		{"map", `{"a":[1,2.5,null]}`, `{"a":[1,2.5,null],"seen":true}`},
		{"any", `"x"`, `"x"`},
		{"html", ``, `"\u003chello\u003e\u0026"`},
		{"bytes-out", ``, `"aGVsbG8="`},
		{"nil-out", ``, `null`},
		{"nil-pointer", ``, `null`},
	})
	h.testAll(t, unhandled, []struct{ handler, event, want string }{
		{"string", `abc`, failed("invalid character 'a' looking for beginning of value", "SyntaxError")},
		{"string", ``, failed("unexpected end of JSON input", "SyntaxError")},
		{"string", `7`, failed("json: cannot unmarshal number into Go value of type string", "UnmarshalTypeError")},
		{"raw-message", ``, failed("unexpected end of JSON input", "SyntaxError")},
		{"raw-message", `{`, failed("unexpected end of JSON input", "SyntaxError")},
		{"named-bytes", `abc`, failed("invalid character 'a' looking for beginning of value", "SyntaxError")},
		{"int", `1.5`, failed("json: cannot unmarshal number 1.5 into Go value of type int", "UnmarshalTypeError")},
		{"in-out-err", `{"key":7}`, failed("json: cannot unmarshal number into Go struct field event.key of type string", "UnmarshalTypeError")},
		{"channel-out", ``, failed("json: unsupported type: chan int", "UnsupportedTypeError")},
		{"infinite", ``, failed("json: unsupported value: +Inf", "UnsupportedValueError")},
	})
	t.Run("limits", func(t *testing.T) {
		for _, c := range []struct{ handler, event, want string }{
			{"string", strings.Repeat("x", 101), `{"Code":"EntityTooLarge","Message":"payload size exceeds maximum allowed size (100 bytes): the payload has 101 bytes","RequestId":"«.*»"}`},
			{"large-out", "999", `{"Code":"BadResponse","Message":"BadResponse: the response has at least 1001 bytes, the limit is 1000","RequestId":"«.*»"}`},
		} {
			if r := h.invoke(t, c.handler, c.event); r.status != 400 && r.status != 502 || !matches(c.want, r.body) {
				t.Errorf("%s: status %d, body %s, want %s", c.handler, r.status, r.body, c.want)
			}
		}
		if r := h.invoke(t, "large-out", "998"); r.status != 200 || len(r.body) != 1000 {
			t.Errorf("status %d, %d bytes", r.status, len(r.body))
		}
	})
}

func (h *handlers) testFailures(t *testing.T) {
	given := `{"errorMessage":"as given \u003c\u0026\u003e","errorType":"Own.Type","stackTrace":[{"path":"a.go","line":7,"label":"f"}]}`
	panicked := func(message, errorType string) string {
		return strings.TrimSuffix(failed(message, errorType), "}") + `,"stackTrace":[«.*»]}`
	}
	h.testAll(t, unhandled, []struct{ handler, event, want string }{
		{"errors-new", ``, failed("wrong <thing>", "errorString")},
		{"wrapped", ``, failed("outer: inner", "wrapError")},
		{"formatted", ``, failed("no wrapping", "«errorString|fmtError»")},
		{"own-error", ``, failed("code 7", "ownError")},
		{"own-pointer", ``, failed("pointer", "pointerError")},
		{"anonymous", ``, `{"errorMessage":"nameless","errorType":""}`},
		{"typed-nil", ``, failed("pointer", "pointerError")},
		{"value-and-err", ``, failed("wins", "errorString")},
		{"as-given", ``, given},
		{"as-given-ptr", ``, `{"errorMessage":"messages.InvokeResponse_Error{Message:\"m\", Type:\"T\", «.*»}","errorType":"InvokeResponse_Error"}`},
		{"panic-given", ``, given},
		{"panic-string", ``, panicked("text", "string")},
		{"panic-error", ``, panicked("panicked", "errorString")},
		{"panic-own", ``, panicked("code 8", "ownError")},
		{"panic-int", ``, panicked("42", "int")},
		{"panic-nil", ``, `{"errorMessage":"panic called with nil argument«.*»","errorType":"PanicNilError","stackTrace":[«.*»]}`},
		{"panic-runtime", `[1]`, panicked("runtime error: index out of range [3] with length 1", "boundsError")},
		{"nil-map", ``, panicked("assignment to entry in nil map", "plainError")},
		{"nil-pointer-do", `null`, panicked("runtime error: invalid memory address or nil pointer dereference", "«errorString|memoryError|errorAddressString»")},
		{"goexit", ``, `{"errorMessage":"«.+»","errorType":"Goexit"«.*»}`},
		{"shape-error", `true`, failed("asked to", "errorString")},
	})
	t.Run("life goes on", func(t *testing.T) {
		for _, c := range []struct{ event, want string }{{"true", failed("asked to", "errorString")}, {"false", `"fine"`}} {
			if r := h.invoke(t, "shape-error", c.event); r.body != c.want {
				t.Errorf("%s: %s, want %s", c.event, r.body, c.want)
			}
		}
	})
	t.Run("over HTTP", func(t *testing.T) {
		r := h.trigger(t, "errors-new", "GET", "/", "")
		if want := failed("wrong <thing>", "errorString"); r.status != 502 || r.errType != unhandled || r.body != want {
			t.Errorf("status %d, error type %s, body %s, want %s", r.status, r.errType, r.body, want)
		}
	})
}

// testEnds is about handlers that take their instance with them.
func (h *handlers) testEnds(t *testing.T) {
	const exited = `Process exited unexpectedly before completing request (duration: «\d+»ms, maxMemoryUsage: «\d+\.\d\d»MB)`
	for _, c := range []struct{ handler, message, printed string }{
		{"exit", exited, ""},
		{"exit-zero", exited, ""},
		{"log-fatal", exited, `«\d{4}/\d\d/\d\d \d\d:\d\d:\d\d\.\d{6}» cannot go on`},
		{"goroutine", exited, `panic: elsewhere`},
		{"deadlock", exited, `fatal error: all goroutines are asleep - deadlock!`},
		{"hungry", exited, ""},
		{"sleep", `Function timed out after 1 second (maxMemoryUsage: «\d+\.\d\d»MB)`, ""},
		{"spin", `Function timed out after 0.2 seconds (maxMemoryUsage: «\d+\.\d\d»MB)`, ""},
	} {
		t.Run(c.handler, func(t *testing.T) {
			for range 2 { // the next one gets a new instance
				r := h.invoke(t, c.handler, `null`)
				want := `{"errorMessage":"` + c.message + `","errorType":"«Function\w+Error»"}`
				if r.status != 200 || r.errType != unhandled || !matches(want, r.body) {
					t.Errorf("status %d, error type %s, body\n%s, want\n%s", r.status, r.errType, r.body, want)
				}
				want = "«.*»" + c.printed + "«.*»FC Invoke End RequestId: " + r.id + ", Error: " + c.message + "\n\nDuration: «.*»"
				if !matches(want, r.log) {
					t.Errorf("log\n%s, want\n%s", r.log, want)
				}
			}
		})
	}
}

// testPanicFrames is about the stack trace of a panic.
func (h *handlers) testPanicFrames(t *testing.T) {
	trace := func(handler string) (labels, paths []string) {
		var e struct {
			StackTrace []struct {
				Path  string
				Line  int
				Label string
			}
		}
		r := h.invoke(t, handler, `null`)
		if err := json.Unmarshal([]byte(r.body), &e); err != nil {
			t.Fatal(err)
		}
		for _, f := range e.StackTrace {
			if f.Line <= 0 && f.Path != "" {
				t.Errorf("frame %+v", f)
			}
			labels, paths = append(labels, f.Label), append(paths, f.Path)
		}
		return labels, paths
	}
	labels, paths := trace("panic-string")
	if len(labels) < 6 {
		t.Fatalf("only %d frames: %v", len(labels), labels)
	}
	want := "fcPanicResponse (*Function).Invoke.func1 gopanic «init.func\\d+» «.*»goexit"
	if got := strings.Join(labels, " "); !matches(want, got) {
		t.Errorf("labels\n%s, want\n%s", got, want)
	}
	want = "«[^ ]*fc/\\w+\\.go» «[^ ]*fc/function\\.go» runtime/panic.go handlers/failures.go «.*»"
	if got := strings.Join(paths, " "); !matches(want, got) {
		t.Errorf("paths\n%s, want\n%s", got, want)
	}
	if labels, _ := trace("panic-deep"); len(labels) != 32 || labels[31] != "dive" {
		t.Errorf("%d frames of a deep stack, the last is %s", len(labels), labels[len(labels)-1])
	}
}
