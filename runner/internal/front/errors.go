package front

import (
	"fmt"

	"github.com/wafer-run/wafer/runner"
)

// code is an error code of FC's API.
type code uint8

const (
	invalidArgument code = iota
	pathNotSupported
	entityTooLarge
	accessDenied
	serviceNotFound
	functionNotFound2
	functionNotFound3
	versionNotFound2
	versionNotFound3
	aliasNotFound2
	aliasNotFound3
	triggerNotFound
	domainNameNotFound
	functionNotStarted
	caExited
	caFileNotFound
	caFilePermission
	requestTimeout
	resourceExhausted
	clientClosedRequest
	internalServerError
	badResponse
	resourceThrottled
)

// errorTable holds name, status and message of every code. The messages begin
// as FC words them, and go on to say what was seen and what is allowed. FC's
// other codes are listed in errors_fc_test.go, each with the reason why it is not
// here.
var errorTable = [...]struct {
	name    string
	status  int
	pattern string
}{
	invalidArgument:     {"InvalidArgument", 400, "%s"},
	pathNotSupported:    {"PathNotSupported", 400, "'%s' against '%s' is not supported"},
	entityTooLarge:      {"EntityTooLarge", 400, "payload size exceeds maximum allowed size (%d bytes): the payload has %s"},
	accessDenied:        {"AccessDenied", 403, "%s"},
	serviceNotFound:     {"ServiceNotFound", 404, "service '%s' does not exist"},
	functionNotFound2:   {"FunctionNotFound", 404, "function '%s' does not exist in service '%s'"},
	functionNotFound3:   {"FunctionNotFound", 404, "function '%s' does not exist."},
	versionNotFound2:    {"VersionNotFound", 404, "version '%s' of service '%s' does not exist"},
	versionNotFound3:    {"VersionNotFound", 404, "version '%s' of function '%s' does not exist"},
	aliasNotFound2:      {"AliasNotFound", 404, "alias '%s' of service '%s' does not exist"},
	aliasNotFound3:      {"AliasNotFound", 404, "alias '%s' of function '%s' does not exist"},
	triggerNotFound:     {"TriggerNotFound", 404, "function '%s' has no HTTP trigger"},
	domainNameNotFound:  {"DomainNameNotFound", 404, "domain name '%s' does not exist"},
	functionNotStarted:  {"FunctionNotStarted", 412, "%s"},
	caExited:            {"CAExited", 412, "%s"},
	caFileNotFound:      {"CAFileNotFound", 412, "%s"},
	caFilePermission:    {"CAFilePermission", 412, "%s"},
	requestTimeout:      {"RequestTimeout", 408, "%s"},
	resourceExhausted:   {"ResourceExhausted", 429, "concurrency over limit: %s"},
	clientClosedRequest: {"ClientClosedRequest", 499, "client Closed Request: %s"},
	internalServerError: {"InternalServerError", 500, "an internal error has occurred. Please retry. (%s)"},
	badResponse:         {"BadResponse", 502, "BadResponse: %s"},
	resourceThrottled:   {"ResourceThrottled", 503, "machine quota exceeded: %s"},
}

// retryAfter is when a client may try again that was turned away because of load,
// in seconds.
const retryAfter = "1"

// passes reports whether the same request may succeed a moment later.
func (c code) passes() bool { return c == resourceExhausted || c == resourceThrottled }

// apiError is a request that failed before, beside or after the function.
type apiError struct {
	code    code
	message string
}

// refuse makes an apiError of a code and what its pattern wants.
func refuse(c code, args ...any) *apiError {
	return &apiError{code: c, message: fmt.Sprintf(errorTable[c].pattern, args...)}
}

func (e *apiError) Error() string { return "front: " + errorTable[e.code].name + ": " + e.message }

// status is the HTTP status of the error.
func (e *apiError) status() int { return errorTable[e.code].status }

// functionsFault reports whether the function is to blame.
func (e *apiError) functionsFault() bool {
	return e.code == badResponse || e.code >= functionNotStarted && e.code <= caFilePermission
}

// startErrors are the codes of functions that cannot be started.
var startErrors = [...]code{functionNotStarted, caExited, caFileNotFound, caFilePermission}

// startError turns an error of kind [runner.BootFailed] into FC's. A type that
// is none of FC's codes counts as FunctionNotStarted.
func startError(e *runner.InvokeError) *apiError {
	for _, c := range startErrors {
		if errorTable[c].name == e.Type {
			return refuse(c, e.Message)
		}
	}
	return refuse(functionNotStarted, e.Message)
}
