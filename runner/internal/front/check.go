package front

import (
	"fmt"
	"strings"
)

// checkHead refuses what can be refused before the body is there.
func (x *exchange) checkHead() error {
	limits := &x.limits
	if n := len(x.uri); n > limits.Path {
		return refuse(invalidArgument, fmt.Sprintf("the path with its query has %d bytes, the limit is %d", n, limits.Path))
	}
	h := &x.rc.Request.Header
	// What came over the wire is more than what is counted, so most requests
	// need no count.
	if len(h.RawHeaders()) > limits.RequestHeader {
		n := 0
		for key, value := range h.AllInOrder() {
			n += len(key) + len(value)
		}
		if n > limits.RequestHeader {
			return refuse(invalidArgument, fmt.Sprintf("the request headers have %d bytes, the limit is %d", n, limits.RequestHeader))
		}
	}
	if n := h.ContentLength(); n > limits.Body {
		return x.tooLarge(limits.Body, fmt.Sprintf("%d bytes", n))
	}
	if x.route.trigger {
		if _, ok := triggerMethod(x.rc.Method()); !ok {
			return refuse(accessDenied, fmt.Sprintf("method '%s' is not one of an HTTP trigger's: GET, POST, PUT, DELETE, HEAD, PATCH, OPTIONS", x.rc.Method()))
		}
		if _, err := x.decodedPath(); err != nil {
			return err
		}
	}
	return x.checkType()
}

// checkType refuses ways of invoking that do not exist.
func (x *exchange) checkType() error {
	h := &x.rc.Request.Header
	if v := h.Peek(hType); len(v) > 0 && !strings.EqualFold(string(v), "Sync") {
		if strings.EqualFold(string(v), "Async") {
			return refuse(invalidArgument, hType+" is 'Async': asynchronous invocations are not supported")
		}
		return refuse(invalidArgument, fmt.Sprintf("%s is '%s', want Sync", hType, v))
	}
	if v := h.Peek(hLogType); len(v) > 0 && !strings.EqualFold(string(v), "None") && !strings.EqualFold(string(v), "Tail") {
		return refuse(invalidArgument, fmt.Sprintf("%s is '%s', want None or Tail", hLogType, v))
	}
	return nil
}

// wantsLog reports whether the caller asked for the log. Callers of a public
// path do not get it.
func (x *exchange) wantsLog() bool {
	return !x.route.public && strings.EqualFold(string(x.rc.Request.Header.Peek(hLogType)), "Tail")
}

// tooLarge refuses a body, in the words of its kind of call.
func (x *exchange) tooLarge(limit int, observed string) error {
	if x.route.trigger {
		return refuse(invalidArgument, fmt.Sprintf("the request body has %s, the limit is %d", observed, limit))
	}
	return refuse(entityTooLarge, limit, observed)
}
