package manifest

import (
	"errors"
	"regexp"
	"regexp/syntax"
	"strings"
)

// What names and strings of FC look like. Each returns what is wanted instead,
// or "".

const (
	maxServiceName = 128
	maxName        = 128 // of a function; FC's pages say 64 and 128
	maxEnvironment = 4 << 10
	maxDescription = 256
)

// identifier checks a name: letters, digits, _ and -, not beginning with a digit
// or -.
func identifier(s string) string {
	const want = "letters, digits, _ and -, beginning with a letter or _, at most 128"
	if s == "" || len(s) > maxName || strings.Trim(s, identifierChars) != "" || strings.Contains("0123456789-", s[:1]) {
		return want
	}
	return ""
}

const identifierChars = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-"

// functionName checks a name of FC 3.0, which is service$name for a function of
// FC 2.0.
func functionName(s string) string {
	service, name, both := strings.Cut(s, "$")
	if !both {
		return identifier(s)
	}
	if wrong := identifier(service); wrong != "" {
		return wrong + ", and the same before the $"
	}
	return identifier(name)
}

// envName checks the name of an environment variable. Those of FC itself are
// reserved.
func envName(s string) string {
	switch {
	case s == "" || strings.ContainsAny(s, "=\x00"):
		return "a name without = and NUL"
	case strings.HasPrefix(s, "FC_"), s == "accessKeyID", s == "accessKeySecret", s == "securityToken", s == "topic":
		return "one that FC has not reserved for itself: FC_*, accessKeyID, accessKeySecret, securityToken and topic are"
	}
	return ""
}

func shortText(s string) string {
	if len(s) > maxDescription {
		return "at most 256 bytes"
	}
	return ""
}

// urlPath checks the path of a route.
func urlPath(s string) string {
	if !strings.HasPrefix(s, "/") || strings.Contains(strings.TrimSuffix(s, "*"), "*") {
		return "a path that begins with /, with a * at most at its end"
	}
	return ""
}

// wholePath checks what a rewrite rule replaces, or replaces it with.
func wholePath(s string) string {
	if !strings.HasPrefix(s, "/") {
		return "a path that begins with /"
	}
	return ""
}

// wildcardPath checks what a wildcard rule replaces.
func wildcardPath(s string) string {
	if !strings.HasPrefix(s, "/") || strings.Count(s, "*") != 1 {
		return "a path that begins with / and has exactly one *"
	}
	return ""
}

// regularExpression checks what a regex rule replaces.
func regularExpression(s string) string {
	_, err := regexp.Compile(s)
	var wrong *syntax.Error
	switch {
	case s == "":
		return "some text"
	case errors.As(err, &wrong):
		return "a regular expression as in Go (" + wrong.Code.String() + ": " + wrong.Expr + ")"
	case err != nil:
		return "a regular expression as in Go (" + err.Error() + ")"
	}
	return ""
}

// hostName checks the name of a custom domain.
func hostName(s string) string {
	if s == "" || strings.ContainsAny(s, "/: \t\r\n") || strings.HasPrefix(s, ".") {
		return "a host name without a scheme, a port and a path, or auto"
	}
	return ""
}

// movedFields are names that other generations of FC have for something.
var movedFields = map[string]string{
	// of FC 2.0, in FC 3.0
	"name":                  "functionName",
	"codeUri":               "code",
	"ossBucket":             "code.ossBucketName",
	"ossKey":                "code.ossObjectName",
	"caPort":                "customRuntimeConfig.port",
	"initializer":           "instanceLifecycleConfig.initializer",
	"initializationTimeout": "instanceLifecycleConfig.initializer.timeout",
	"asyncConfiguration":    "asyncInvokeConfig",
	"customDomains":         "customDomain",
	"type":                  "triggerType",
	"config":                "triggerConfig",
	"environment":           "environmentVariables",
	"env":                   "environmentVariables",
	"memory":                "memorySize",
	// of FC 3.0, in FC 2.0
	"functionName":      "name",
	"code":              "codeUri",
	"triggerName":       "name",
	"triggerType":       "type",
	"triggerConfig":     "config",
	"invocationRole":    "role",
	"asyncInvokeConfig": "asyncConfiguration",
	"customDomain":      "customDomains",
}

// protocol checks what a custom domain is served over.
func protocol(s string) string {
	switch strings.ReplaceAll(strings.ToUpper(s), " ", "") {
	case "HTTP", "HTTPS", "HTTP,HTTPS", "HTTPS,HTTP":
		return ""
	}
	return "HTTP, HTTPS or HTTP,HTTPS"
}
