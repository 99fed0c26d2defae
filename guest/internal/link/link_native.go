//go:build !wasip1

package link

import (
	"os"

	"github.com/wafer-run/wafer/guest/internal/local"
	"github.com/wafer-run/wafer/guest/internal/process"
	"github.com/wafer-run/wafer/guest/internal/pull"
)

// runtimeAPI names the environment variable with the host and port of the
// runtime API.
const runtimeAPI = "FC_RUNTIME_API"

// Serve makes h the function of this process, and never returns. Invocations
// come from the runtime API that the environment names. Without one the
// function serves itself over HTTP, for a look at it on the way to a platform.
func Serve(h Handler) {
	fn, err := newNative(h)
	if err == nil {
		if addr := os.Getenv(runtimeAPI); addr != "" {
			pull.New(addr, fn).Run()
		}
		err = local.Serve(fn, os.Getenv)
	}
	if err != nil {
		process.Log("fc: " + err.Error())
		os.Exit(1)
	}
	os.Exit(0)
}
