package manifest

import "time"

// Extension has the settings that are wafer's own, from vars.wafer. nil and
// zero say that the file does not set them.
type Extension struct {
	Isolation      string         // instance or request
	Snapshot       string         // boot, init or off
	Warmup         [][]byte       // events; what is no string in the file becomes JSON
	Spares         int            // idle instances kept ready
	Instances      int            // most instances at a time
	MaxInvocations int            // after which an instance is retired
	QueueLength    *int           // invocations that may wait for an instance
	QueueTimeout   *time.Duration // how long
	IdleTimeout    *time.Duration // how long an instance may sit idle
	StartTimeout   *time.Duration // how long a native program may take until its first sign of life
	Tenant         string
	Limits         *Limits // sizes of requests and answers
	Egress         bool    // a native program may use the host's network
	// FreePort gives each instance of a native server a free port, told by
	// FC_SERVER_PORT, where it has to share the host's network.
	FreePort bool
	// OpenTriggers serves HTTP triggers and domains that FC would protect by
	// authentication, which wafer does not check.
	OpenTriggers bool
}
