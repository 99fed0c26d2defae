package native

import (
	"debug/buildinfo"
	"os"
	"runtime/debug"
	"slices"

	"github.com/wafer-run/wafer/runner/internal/stamp"
)

// sdkModule is the FC Go SDK.
const sdkModule = "github.com/aliyun/fc-runtime-go-sdk"

// handlerOf reports whether a program calls fc.Start, as its stamp says where
// wafer built it, and whether the SDK is in it at all, as Go says.
func handlerOf(name string) (stamped, has bool) {
	file, err := os.Open(name)
	if err != nil {
		return false, false
	}
	defer file.Close()
	if s, err := stamp.ReadELF(file); err == nil {
		return !s.Server, !s.Server
	}
	info, err := buildinfo.Read(file)
	return false, err == nil && slices.ContainsFunc(info.Deps, func(m *debug.Module) bool { return m.Path == sdkModule })
}
