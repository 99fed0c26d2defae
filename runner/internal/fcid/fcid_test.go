package fcid_test

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/wafer-run/wafer/runner/internal/fcid"
)

func TestFormats(t *testing.T) {
	now := time.Unix(0x65a1b2c3, 999)
	for name, c := range map[string]struct {
		make func() string
		want string
	}{
		"request":  {func() string { return fcid.Request(now) }, `^1-65a1b2c3-[0-9a-f]{24}$`},
		"uuid":     {fcid.UUID, `^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`},
		"instance": {fcid.Instance, `^c-[0-9a-f]{8}-[0-9a-f]{8}-[0-9a-f]{12}$`},
	} {
		want, seen := regexp.MustCompile(c.want), map[string]bool{}
		varies := make([]bool, len(c.make()))
		first := c.make()
		for range 1000 {
			id := c.make()
			if !want.MatchString(id) || seen[id] {
				t.Fatalf("%s: %q, want another one like %s", name, id, want)
			}
			seen[id] = true
			for i := range id {
				varies[i] = varies[i] || id[i] != first[i]
			}
		}
		for i, v := range varies {
			fixed := strings.ContainsRune("1c-", rune(first[i])) && !v || name == "request" && i < len("1-65a1b2c3-") || name == "uuid" && i == 14
			if v == fixed {
				t.Errorf("%s: digit %d of %s varies: %v", name, i, first, v)
			}
		}
	}
}
