//go:build !wasip1

package pull

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
)

type connKey struct{}

// TestAnswerOnDeadConnection lets a kept connection die the moment it is used
// again, which is what a process finds that was frozen for long.
func TestAnswerOnDeadConnection(t *testing.T) {
	var answers atomic.Int32
	api := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if used := r.Context().Value(connKey{}).(*atomic.Int32); used.Add(1) > 1 {
			panic(http.ErrAbortHandler)
		}
		if r.Header["Idempotency-Key"] != nil {
			t.Error("Idempotency-Key was sent")
		}
		answers.Add(1)
	}))
	api.Config.ConnContext = func(ctx context.Context, _ net.Conn) context.Context {
		return context.WithValue(ctx, connKey{}, new(atomic.Int32))
	}
	api.Start()
	defer api.Close()
	c := newClient(api.Listener.Addr().String(), "test")
	defer c.http.CloseIdleConnections()
	for i := int32(1); i <= 3; i++ {
		if err := c.answer("r", "response", []byte("body"), ""); err != nil {
			t.Fatal(err)
		}
		if n := answers.Load(); n != i {
			t.Errorf("%d answers, want %d", n, i)
		}
	}
}
