package front

import (
	"log/slog"
	"strings"
	"testing"
)

// TestMalformedHeadsDoNotFillTheLog: each is answered and recorded; what fasthttp
// says about it as well is for debugging.
func TestMalformedHeadsDoNotFillTheLog(t *testing.T) {
	var log lockedBuffer
	addr, _ := serve(t, one(noop()), func(c *Config) {
		c.Logger = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	})
	c := dial(t, addr)
	c.send("GET / HTTP/1.1\r\nno colon\r\n\r\n")
	if r := c.receive("GET"); r.StatusCode != 400 {
		t.Errorf("status %d, want 400", r.StatusCode)
	}
	eventually(t, "fasthttp says nothing about the connection", func() bool {
		return strings.Contains(log.String(), "error when serving connection")
	})
	if got := log.String(); strings.Contains(got, "level=WARN") {
		t.Errorf("the log has %s", got)
	}
}
