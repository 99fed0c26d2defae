package conformance

import (
	"regexp"
	"strings"
)

// matches compares s with a pattern in which «...» are regular expressions.
func matches(pattern, s string) bool {
	if !strings.Contains(pattern, "«") {
		return pattern == s
	}
	var re strings.Builder
	for {
		text, rest, more := strings.Cut(pattern, "«")
		re.WriteString(regexp.QuoteMeta(text))
		if !more {
			break
		}
		expr, after, _ := strings.Cut(rest, "»")
		re.WriteString("(?:" + expr + ")")
		pattern = after
	}
	return regexp.MustCompile(`(?s)^` + re.String() + `$`).MatchString(s)
}
