package fccontext

import (
	"strconv"
	"time"

	"github.com/wafer-run/wafer/abi"
)

// Function is what never changes for a function. Empty fields are left out.
type Function struct {
	Runtime, Name, Handler string
	Memory                 int // MB
	Timeout                time.Duration
	Region, Account        string
	Qualifier, Version     string
	Service                string // FC 2.0
	LogProject, LogStore   string
	// Initializer, PreFreeze and PreStop are the handlers of hooks, empty for
	// those that are not configured.
	Initializer, PreFreeze, PreStop string
	InitializationTimeout           time.Duration // told with an Initializer only
}

// Headers are those of every request, in FC's spelling.
func (f *Function) Headers() []abi.Pair {
	return filled([]abi.Pair{
		{Key: "x-fc-function-name", Value: f.Name},
		{Key: "x-fc-function-handler", Value: f.Handler},
		{Key: "x-fc-function-memory", Value: strconv.Itoa(f.Memory)},
		{Key: "x-fc-function-timeout", Value: WholeSeconds(f.Timeout)},
		{Key: "x-fc-function-initializer", Value: f.Initializer},
		{Key: "x-fc-initialization-timeout", Value: f.initializationTimeout()},
		{Key: "x-fc-instance-lifecycle-pre-freeze-handler", Value: f.PreFreeze},
		{Key: "x-fc-instance-lifecycle-pre-stop-handler", Value: f.PreStop},
		{Key: "x-fc-region", Value: f.Region},
		{Key: "x-fc-account-id", Value: f.Account},
		{Key: "x-fc-qualifier", Value: f.Qualifier},
		{Key: "x-fc-version-id", Value: f.Version},
		{Key: "x-fc-service-name", Value: f.Service},
		{Key: "x-fc-service-logproject", Value: f.LogProject},
		{Key: "x-fc-service-logstore", Value: f.LogStore},
	})
}

// Environment is what an instance finds in its environment.
func (f *Function) Environment() []abi.Pair {
	return []abi.Pair{
		{Key: "FC_RUNTIME", Value: f.Runtime},
		{Key: "FC_FUNCTION_NAME", Value: f.Name},
		{Key: "FC_FUNCTION_HANDLER", Value: f.Handler},
		{Key: "FC_FUNCTION_MEMORY_SIZE", Value: strconv.Itoa(f.Memory)},
		{Key: "FC_TIMEOUT", Value: WholeSeconds(f.Timeout)},
		{Key: "FC_INITIALIZER_HANDLER", Value: f.Initializer},
		{Key: "FC_INITIALIZATION_TIMEOUT", Value: f.initializationTimeout()},
		{Key: "FC_REGION", Value: f.Region},
		{Key: "FC_ACCOUNT_ID", Value: f.Account},
		{Key: "FC_QUALIFIER", Value: f.Qualifier},
		{Key: "FC_VERSION_ID", Value: f.Version},
		{Key: "FC_SERVICE_NAME", Value: f.Service},
	}
}

func (f *Function) initializationTimeout() string {
	if f.Initializer == "" {
		return ""
	}
	return WholeSeconds(f.InitializationTimeout)
}

// WholeSeconds rounds up: FC knows whole seconds only.
func WholeSeconds(d time.Duration) string {
	return strconv.FormatInt(int64((d+time.Second-1)/time.Second), 10)
}

// filled leaves out what has no value.
func filled(all []abi.Pair) []abi.Pair {
	kept := all[:0]
	for _, h := range all {
		if h.Value != "" {
			kept = append(kept, h)
		}
	}
	return kept
}
