//go:build !wasip1

package pull

import (
	"runtime"
	"testing"

	"github.com/wafer-run/wafer/abi"
)

func TestAgent(t *testing.T) {
	for want, info := range map[string]abi.BootInfo{
		"wafer-guest/0.1.0 (event) ": {Handles: abi.HandlesEvent},
		"wafer-guest/0.1.0 (http) ":  {Handles: abi.HandlesHTTP},
		"wafer-guest/0.1.0 (http) (initializer pre-freeze pre-stop) ": {
			Handles: abi.HandlesHTTP, Hooks: abi.HookInitialize | abi.HookPreFreeze | abi.HookPreStop,
		},
		"wafer-guest/0.1.0 (event) (pre-stop) ": {Handles: abi.HandlesEvent, Hooks: abi.HookPreStop},
	} {
		if got := agent(info); got != want+runtime.Version() {
			t.Errorf("%+v: %q, want %q", info, got, want+runtime.Version())
		}
	}
}

func TestKinds(t *testing.T) {
	for functionType, want := range map[string]abi.Kind{
		"": abi.KindInvoke, "0": abi.KindInvoke, "1": abi.KindInitialize, "2": abi.KindPreStop, "3": abi.KindPreFreeze,
		"4": abi.KindInvoke, "01": abi.KindInvoke, "handler": abi.KindInvoke, "101": abi.KindInvoke,
	} {
		if got := kindOf(functionType); got != want {
			t.Errorf("%q: %s, want %s", functionType, got, want)
		}
	}
}
