package logline

import (
	"testing"
	"time"
)

func TestAppend(t *testing.T) {
	at := time.Date(2026, 11, 22, 5, 30, 52, 734_000_000, time.UTC)
	for _, tc := range []struct {
		name, file, message string
		now                 time.Time
		want                string
	}{
		{"usual", "/src/main.go", "hi 1 x\n", at, "2026-11-22T05:30:52.734Z req-11 [INFO] main.go:21: hi 1 x\n"},
		{"line end added", "main.go", "hi", at, "2026-11-22T05:30:52.734Z req-11 [INFO] main.go:21: hi\n"},
		{"empty", "main.go", "", at, "2026-11-22T05:30:52.734Z req-11 [INFO] main.go:21: \n"},
		{"several lines", "main.go", "a\nb\n\n", at, "2026-11-22T05:30:52.734Z req-11 [INFO] main.go:21: a\nb\n\n"},
		{
			"trailing zeros dropped", "main.go", "x", at.Add(-34 * time.Millisecond),
			"2026-11-22T05:30:52.7Z req-11 [INFO] main.go:21: x\n",
		},
		{
			"no fraction", "main.go", "x", at.Truncate(time.Second),
			"2026-11-22T05:30:52Z req-11 [INFO] main.go:21: x\n",
		},
		{
			"other time zone", "main.go", "x", at.In(time.FixedZone("", 3600)),
			"2026-11-22T05:30:52.734Z req-11 [INFO] main.go:21: x\n",
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := string(Append(nil, tc.now, "req-11", "INFO", tc.file, 21, tc.message)); got != tc.want {
				t.Errorf("got  %q\nwant %q", got, tc.want)
			}
		})
	}
}
