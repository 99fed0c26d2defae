package main

import (
	"context"
	"fmt"
	"os"
	"sort"
	"strings"
	"time"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/imports/wasi_snapshot_preview1"
	"github.com/wafer-run/wafer/runner/internal/rewrite"
)

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func main() {
	bin := must(os.ReadFile(os.Args[1]))
	var res *rewrite.Result
	for range 5 {
		t := time.Now()
		res = must(rewrite.Rewrite(bin, rewrite.Options{}))
		fmt.Println("rewrite", time.Since(t), res.Report.Durations)
	}
	r := res.Report
	r.Imports, r.Exports = nil, nil
	fmt.Printf("%+v\n", r)
	os.WriteFile(os.Args[1]+".rw.wasm", res.Wasm, 0o644)
	ctx := context.Background()
	type variant struct {
		name string
		rt   wazero.Runtime
		cm   wazero.CompiledModule
		segs []rewrite.Segment
	}
	var vs []variant
	add := func(name string, w []byte, segs []rewrite.Segment) {
		rt := wazero.NewRuntimeWithConfig(ctx, wazero.NewRuntimeConfigCompiler())
		wasi_snapshot_preview1.MustInstantiate(ctx, rt)
		must(rt.NewHostModuleBuilder(rewrite.MeterModule).NewFunctionBuilder().WithGoModuleFunction(api.GoModuleFunc(func(ctx context.Context, m api.Module, stack []uint64) {
			m.ExportedGlobal(rewrite.FuelExport).(api.MutableGlobal).Set(1000000)
		}), nil, nil).Export(rewrite.RefillImport).Instantiate(ctx))
		vs = append(vs, variant{name, rt, must(rt.CompileModule(ctx, w)), segs})
	}
	add("plain", bin, nil)
	for _, c := range strings.Split(os.Getenv("MODES"), ",") {
		skip := map[string]rewrite.Pass{"all": 0, "none": rewrite.PassMeter, "nolift": rewrite.PassLift}[c]
		r := must(rewrite.Rewrite(bin, rewrite.Options{Skip: skip}))
		t := time.Now()
		add(c, r.Wasm, r.Segments)
		fmt.Println(c, "compile", time.Since(t))
	}
	ev := []byte(`{"key":"value","list":[5,3,9,1],"nested":{"a":1,"b":[1,2,3]},"head":{"x":"y"}}`)
	type fn struct{ buf, inv, http, spin api.Function }
	mk := func(m api.Module) fn {
		return fn{m.ExportedFunction("fc_buf"), m.ExportedFunction("fc_invoke"), m.ExportedFunction("fc_http"), m.ExportedFunction("spin")}
	}
	call := func(m api.Module, f fn, g api.Function) string {
		p := must(f.buf.Call(ctx, uint64(len(ev))))
		m.Memory().Write(uint32(p[0]), ev)
		r := must(g.Call(ctx, uint64(len(ev))))
		s, _ := m.Memory().Read(uint32(r[0]>>32), uint32(r[0]))
		return string(s)
	}
	const rounds = 24
	names := []string{"json", "http", "spin"}
	times := make([][3][]float64, len(vs))
	for range rounds {
		var ms []api.Module
		var fs []fn
		for _, v := range vs {
			m := must(v.rt.InstantiateModule(ctx, v.cm, wazero.NewModuleConfig().WithName("").WithStartFunctions()))
			for _, s := range v.segs {
				m.Memory().Write(s.Offset, s.Data)
			}
			if g := m.ExportedGlobal(rewrite.FuelExport); g != nil {
				g.(api.MutableGlobal).Set(1 << 60)
			}
			must(m.ExportedFunction("_initialize").Call(ctx))
			ms, fs = append(ms, m), append(fs, mk(m))
		}
		for k := range 3 {
			best := make([]time.Duration, len(vs))
			for rep := range 6 {
				for i := range vs {
					t := time.Now()
					switch k {
					case 0:
						for range 300 {
							call(ms[i], fs[i], fs[i].inv)
						}
					case 1:
						for range 120 {
							call(ms[i], fs[i], fs[i].http)
						}
					case 2:
						fs[i].spin.Call(ctx, 3_000_000)
					}
					if d := time.Since(t); rep > 0 && (best[i] == 0 || d < best[i]) {
						best[i] = d
					}
				}
			}
			for i := range vs {
				times[i][k] = append(times[i][k], float64(best[i]))
			}
		}
		for _, m := range ms {
			m.Close(ctx)
		}
	}
	for k, n := range names {
		fmt.Printf("%-5s", n)
		for i, v := range vs {
			var ratios []float64
			for r := range times[i][k] {
				ratios = append(ratios, times[i][k][r]/times[0][k][r])
			}
			sort.Float64s(ratios)
			fmt.Printf(" %s %.3f [%.3f %.3f]", v.name, ratios[len(ratios)/2], ratios[len(ratios)/4], ratios[len(ratios)*3/4])
		}
		fmt.Println()
	}
}
