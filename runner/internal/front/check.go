package front

import (
	"fmt"
	"strings"
)

// checkHead refuses what can be refused before the body is there.
func (x *exchange) checkHead() error {
	limits := &x.limits
	if n := x.sent; n > limits.Path {
		return refuse(invalidArgument, fmt.Sprintf("the path with its query has %d bytes, the limit is %d", n, limits.Path))
	}
	h := &x.rc.Request.Header
	// What came over the wire is more than what is counted, so most requests
	// need no count.
	if len(h.RawHeaders()) > limits.RequestHeader {
		n := 0
		for key, value := range sent(h.RawHeaders()) {
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
		if err := x.checkTrigger(); err != nil {
			return err
		}
		if _, err := x.decodedPath(); err != nil {
			return err
		}
	}
	return x.checkType()
}

// checkType refuses ways of invoking that do not exist. Of a header that is
// there twice every value counts: it must not depend on the order whether an
// invocation is taken for a synchronous one.
func (x *exchange) checkType() error {
	if !x.fc {
		return nil
	}
	h := &x.rc.Request.Header
	if len(h.Peek(hType)) > 0 {
		for _, v := range h.PeekAll(hType) {
			switch {
			case strings.EqualFold(string(v), "Sync"):
			case strings.EqualFold(string(v), "Async"):
				return refuse(invalidArgument, hType+" is 'Async': asynchronous invocations are not supported")
			default:
				return refuse(invalidArgument, fmt.Sprintf("%s is '%s', want Sync", hType, excerpt(string(v))))
			}
		}
	}
	if v := h.Peek(hLogType); len(v) > 0 && !strings.EqualFold(string(v), "None") && !strings.EqualFold(string(v), "Tail") {
		return refuse(invalidArgument, fmt.Sprintf("%s is '%s', want None or Tail", hLogType, excerpt(string(v))))
	}
	return nil
}

// wantsLog reports whether the caller asked for the log, and may have it.
func (x *exchange) wantsLog() bool {
	return x.fc && (!x.route.public || x.s.cfg.PublicLog) && strings.EqualFold(string(x.rc.Request.Header.Peek(hLogType)), "Tail")
}

// tooLarge refuses a body, in the words of its kind of call.
func (x *exchange) tooLarge(limit int, observed string) error {
	if x.route.trigger {
		return refuse(invalidArgument, fmt.Sprintf("the request body has %s, the limit is %d", observed, limit))
	}
	return refuse(entityTooLarge, limit, observed)
}
