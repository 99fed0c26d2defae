package contender

import (
	"context"
	"net"
	"os"

	"github.com/wafer-run/wafer/bench/internal/workload"
)

// nativeDirect is the handler as a native process that listens itself.
func nativeDirect() *Contender {
	return &Contender{
		Name: "native", Label: "native, no front", About: "the handler as a native process that serves HTTP itself, with no limits around it",
		start: func(ctx context.Context, shop *Workshop, w *workload.Workload) (*Endpoint, error) {
			program, err := shop.Native(ctx, w)
			if err != nil {
				return nil, err
			}
			addr, err := freeAddr()
			if err != nil {
				return nil, err
			}
			_, port, err := net.SplitHostPort(addr)
			if err != nil {
				return nil, err
			}
			c := command{path: program, addr: addr, env: []string{"FC_SERVER_PORT=" + port}, requestPath: w.Path}
			if w.Kind == workload.Event {
				c.requestPath = "/invoke"
			}
			return launch(ctx, w, c)
		},
	}
}

// removeAll removes a directory that is of no more use. What cannot be removed
// goes with the workshop's.
func removeAll(dir string) { _ = os.RemoveAll(dir) }
