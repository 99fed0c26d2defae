package front

import (
	"bytes"
	"log/slog"
	"strings"
	"sync"
	"testing"
)

// safeBuffer is written to by a server's goroutines.
type safeBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *safeBuffer) Write(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(b)
}

func (s *safeBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

// TestMalformedHeadsDoNotFillTheLog: each is answered and recorded; what fasthttp
// says about it as well is for debugging.
func TestMalformedHeadsDoNotFillTheLog(t *testing.T) {
	var log safeBuffer
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
