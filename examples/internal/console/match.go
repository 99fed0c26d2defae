package console

import "strings"

// wildcard stands for any text in expected output.
const wildcard = "..."

// Match reports whether lines that were printed are those that were expected.
func Match(want, got []string) bool {
	for len(want) > 0 {
		if want[0] == wildcard {
			for skip := 0; skip <= len(got); skip++ {
				if Match(want[1:], got[skip:]) {
					return true
				}
			}
			return false
		}
		if len(got) == 0 || !matchLine(want[0], got[0]) {
			return false
		}
		want, got = want[1:], got[1:]
	}
	return len(got) == 0
}

// matchLine reports whether a line is the expected one. Taking the first place
// where each piece fits is enough, except for the last, which must fit the end.
func matchLine(want, got string) bool {
	pieces := strings.Split(want, wildcard)
	got, ok := strings.CutPrefix(got, pieces[0])
	if len(pieces) == 1 {
		return ok && got == ""
	}
	if !ok {
		return false
	}
	for _, piece := range pieces[1 : len(pieces)-1] {
		if _, got, ok = strings.Cut(got, piece); !ok {
			return false
		}
	}
	return strings.HasSuffix(got, pieces[len(pieces)-1])
}
