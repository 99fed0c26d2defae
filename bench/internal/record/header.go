package record

import (
	"runtime/debug"
	"time"

	"github.com/wafer-run/wafer/bench/internal/proc"
)

// Here returns a header for what is measured now, by this program.
func Here() Header {
	h := Header{Time: time.Now().UTC(), Machine: proc.Machine(), Memory: proc.TotalMemory(), Modules: map[string]string{}}
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, m := range info.Deps {
			switch m.Path {
			case "github.com/tetratelabs/wazero", "github.com/valyala/fasthttp", "github.com/klauspost/compress":
				h.Modules[m.Path] = m.Version
			}
		}
	}
	return h
}
