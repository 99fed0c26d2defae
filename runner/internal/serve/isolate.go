package serve

import (
	"time"

	"github.com/wafer-run/wafer/hostfns/socket"
)

// Isolate waits for the guest to give up a request whose connection c has been
// closed. A handler that looks at its context, or writes, notices at once.
// After grace, what is left of the request cannot be separated from the
// instance any more: a guest that does nothing else is killed, and so is one that
// does not come to serve others either; one that does goes on, and must get no
// further requests.
//
// It reports whether the instance is as good as before.
func (d *Driver) Isolate(c *socket.Conn, grace time.Duration) bool {
	before := d.eng.Progress().Waits
	t := time.NewTimer(grace)
	defer t.Stop()
	for !c.Released() {
		select {
		case <-c.Changed():
			continue
		case <-t.C:
		}
		if p := d.eng.Progress(); d.Alone() || !p.Waiting && p.Waits == before {
			d.Kill(ErrKilled)
		}
		return false
	}
	return !d.Dead()
}
