package manifest

import "strings"

// didYouMean returns a hint for an error when one of the names is close to what
// was written, and "" otherwise.
func didYouMean(got string, names []string) string {
	if best := closest(got, names); best != "" {
		return ", did you mean " + best + "?"
	}
	return ""
}

// closest returns the name that is closest to what was written, "" where none is
// close.
func closest(got string, names []string) string {
	best, least := "", len(got)/3+1
	for _, name := range names {
		d := distance(strings.ToLower(got), strings.ToLower(name))
		if name != got && (d < least || d == least && best == "") {
			best, least = name, d
		}
	}
	return best
}

// distance counts the edits between two words: letters put in, left out,
// changed, or swapped with their neighbours.
func distance(a, b string) int {
	if len(a) > maxKey || len(b) > maxKey {
		return maxKey
	}
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(b)]
}
