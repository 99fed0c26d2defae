package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"regexp"
	"sort"
	"strings"
)

// Event says how much there is to do.
type Event struct {
	Lines int `json:"lines"`
}

var pattern = regexp.MustCompile(`^(\d+)-([a-z]+)@([a-z]+)\.example$`)

// Handle makes lines, takes them apart by a regular expression, sorts them and
// returns a digest of all.
func Handle(_ context.Context, event Event) (string, error) {
	seed := uint64(1)
	next := func(n uint64) uint64 {
		seed = seed*6364136223846793005 + 1442695040888963407
		return (seed >> 33) % n
	}
	word := func() string {
		b := make([]byte, 4+next(8))
		for i := range b {
			b[i] = byte('a' + next(26))
		}
		return string(b)
	}
	var parts []string
	for i := 0; i < event.Lines; i++ {
		line := string(rune('0'+next(10))) + string(rune('0'+next(10))) + "-" + word() + "@" + word() + ".example"
		if m := pattern.FindStringSubmatch(line); m != nil {
			parts = append(parts, m[3]+"/"+m[2]+"/"+m[1])
		}
	}
	sort.Strings(parts)
	sum := sha256.Sum256([]byte(strings.Join(parts, "\n")))
	for range 200 {
		sum = sha256.Sum256(sum[:])
	}
	return hex.EncodeToString(sum[:]), nil
}
