//go:build !wasip1

package link

import (
	"log"
	"os"
)

// runtimeAPI names the environment variable with the host and port of the
// runtime API.
const runtimeAPI = "FC_RUNTIME_API"

// Serve ends the process: with the FC Go SDK's message when no runtime API is
// named, and otherwise because this build serves functions in a sandbox only.
func Serve(Handler) {
	if os.Getenv(runtimeAPI) == "" {
		log.Print("expected ali FC environment variables [" + runtimeAPI + "] are not defined")
	} else {
		log.Print("fc: " + runtimeAPI + " is set, but this build serves no runtime API; build for GOOS=wasip1")
	}
	os.Exit(1)
}
