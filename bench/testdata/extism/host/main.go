// Host serves an Extism plug-in over HTTP. It is built outside of wafer's
// module, at a pinned version of Extism.
package main

import (
	"context"
	"flag"
	"fmt"
	"log"

	extism "github.com/extism/go-sdk"
	"github.com/tetratelabs/wazero"
	"github.com/valyala/fasthttp"
)

func main() {
	file := flag.String("wasm", "", "plug-in")
	addr := flag.String("listen", "", "address")
	pooled := flag.Bool("pooled", false, "use instances again")
	flag.Parse()
	ctx := context.Background()
	plugin, err := extism.NewCompiledPlugin(ctx,
		extism.Manifest{Wasm: []extism.Wasm{extism.WasmFile{Path: *file}}},
		extism.PluginConfig{EnableWasi: true, RuntimeConfig: wazero.NewRuntimeConfigCompiler()}, nil)
	if err != nil {
		log.Fatal(err)
	}
	idle := make(chan *extism.Plugin, 1024)
	take := func() (*extism.Plugin, error) {
		select {
		case in := <-idle:
			return in, nil
		default:
			return plugin.Instance(ctx, extism.PluginInstanceConfig{ModuleConfig: wazero.NewModuleConfig().WithSysWalltime().WithSysNanotime()})
		}
	}
	give := func(in *extism.Plugin) {
		if *pooled {
			select {
			case idle <- in:
				return
			default:
			}
		}
		_ = in.Close(ctx)
	}
	log.Fatal(fasthttp.ListenAndServe(*addr, func(rc *fasthttp.RequestCtx) {
		in, err := take()
		if err != nil {
			rc.Error(err.Error(), 500)
			return
		}
		status, out, err := in.Call("call", rc.PostBody())
		if err == nil && status != 0 {
			err = fmt.Errorf("status %d", status)
		}
		if err != nil {
			rc.Error(err.Error(), 502)
			_ = in.Close(ctx)
			return
		}
		rc.SetBody(out) // copies
		give(in)
	}))
}
