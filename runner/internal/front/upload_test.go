package front

import (
	"runtime"
	"testing"
	"time"
)

// TestEndlessUpload sends bodies without an end, beyond the limit of bodies: one
// that is said to have 10 GB is not begun to be held, and of one that does not
// say how long it is no more is held than the limit. All that is ever allocated
// counts, so collecting garbage cannot hide any of it.
func TestEndlessUpload(t *testing.T) {
	const (
		limit  = 1 << 20
		answer = 128 << 10 // what a connection, an answer and a client may cost
		within = 3 * limit // its room doubles, 4 KiB, 8 KiB, ... 1 MiB, and then is one byte more
		taken  = lingerBytes + 16<<20
	)
	addr, s := serve(t, one(echo()), func(c *Config) { c.Limits.Body = limit })
	request(t, addr, "POST", invoke3, "warm")
	for name, c := range map[string]struct {
		framing string
		chunked bool
		most    uint64
	}{
		"10 GB":   {"Content-Length: 10737418240", false, answer},
		"chunked": {"Transfer-Encoding: chunked", true, answer + within},
	} {
		for _, uri := range []string{invoke3, invoke2, "/", "/2016-08-15/proxy/svc/f/"} {
			t.Run(name+" "+uri, func(t *testing.T) {
				conn := dial(t, addr)
				var before, after runtime.MemStats
				runtime.ReadMemStats(&before)
				conn.send("POST " + uri + " HTTP/1.1\r\nHost: f\r\n" + c.framing + "\r\n\r\n")
				sent := make(chan int64, 1)
				go func() { sent <- sendForever(conn, c.chunked) }()
				r := conn.receive("POST")
				if r.StatusCode != 400 || !r.Close {
					t.Errorf("status %d, connection closed: %v, body %s", r.StatusCode, r.Close, r.body)
				}
				n := <-sent // it goes on until the server is deaf
				runtime.ReadMemStats(&after)
				if got := after.TotalAlloc - before.TotalAlloc; got > c.most {
					t.Errorf("%d bytes allocated for a body of which %d were sent, want at most %d", got, n, c.most)
				}
				if n < 64<<10 || n > limit+taken {
					t.Errorf("%d bytes were taken, want at most %d", n, limit+taken)
				}
			})
		}
	}
	if n := s.bodies.used.Load(); n != 0 {
		t.Errorf("%d bytes of bodies are still accounted for", n)
	}
}

// sendForever writes until that fails, and returns how much it could.
func sendForever(conn *conn, chunked bool) (sent int64) {
	piece := make([]byte, 32<<10)
	if chunked {
		piece = append(append([]byte("8000\r\n"), piece...), "\r\n"...)
	}
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); {
		n, err := conn.Conn.Write(piece)
		if sent += int64(n); err != nil {
			return sent
		}
	}
	conn.t.Error("the server takes bytes for 20 s")
	return sent
}
