//go:build unix

package front

import (
	"context"
	"fmt"
	"io"
	"net"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/wafer-run/wafer/runner"
	"github.com/wafer-run/wafer/runner/runnertest"
)

// BenchmarkNeighbours measures what bad neighbours do to a healthy function's
// latency: in turns it is called alone, and beside clients that send byte by byte,
// invocations that sleep and one that never ends. All functions are WebAssembly,
// the one that never ends has half a CPU.
//
//	go test -run - -bench Neighbours -benchtime 6x ./runner/internal/front
//
// p99-ratio is the median over the rounds; it should stay under 2.
func BenchmarkNeighbours(b *testing.B) {
	r, err := runner.New(context.Background(), runner.NewConfig().WithCacheDir(runnertest.CacheDir(b)))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = r.Close(context.Background()) })
	module := runnertest.Build(b, "testdata/handlers")
	load := func(name, handler string, change func(runner.FunctionConfig) runner.FunctionConfig) *runner.Function {
		cfg := runner.NewFunctionConfig(name).WithEnv(map[string]string{"HANDLER": handler}).WithTimeout(10 * time.Minute)
		return runnertest.Load(b, r, change(cfg), module)
	}
	plain := func(c runner.FunctionConfig) runner.FunctionConfig { return c }
	addr, _ := serve(b, directory{functions: map[string]Function{
		"/healthy": load("healthy", "bytes-out", plain),
		"/slow":    load("slow", "sleep", plain),
		"/dead":    load("dead", "spin", func(c runner.FunctionConfig) runner.FunctionConfig { return c.WithCPU(0.5) }),
	}})
	healthy := &contender{name: "healthy", addr: addr, uri: path3("healthy")}
	healthy.connect(b)
	healthy.latencies(b)
	var alone, beside [][]time.Duration
	b.ResetTimer()
	for range b.N {
		alone = append(alone, healthy.latencies(b))
		leave := neighbours(b, addr)
		beside = append(beside, healthy.latencies(b))
		leave()
	}
	b.StopTimer()
	var ratio []float64
	for i := range alone {
		ratio = append(ratio, quantile(beside[i], 99)/quantile(alone[i], 99))
	}
	for name, all := range map[string][][]time.Duration{"alone": alone, "beside": beside} {
		flat := slices.Sorted(slices.Values(slices.Concat(all...)))
		b.ReportMetric(quantile(flat, 50), name+"-p50-µs")
		b.ReportMetric(quantile(flat, 99), name+"-p99-µs")
	}
	b.ReportMetric(median(ratio), "p99-ratio")
	b.ReportMetric(0, "ns/op") // of a round, which is nothing
}

func path3(name string) string { return "/2023-03-30/functions/" + name + "/invocations" }

// quantile returns a percentile of what is sorted, in microseconds.
func quantile(sorted []time.Duration, percent int) float64 {
	return float64(sorted[(len(sorted)-1)*percent/100].Nanoseconds()) / 1e3
}

// latencies calls the function over one connection, so that it waits for nobody
// but the neighbours.
func (c *contender) latencies(b *testing.B) []time.Duration {
	var all []time.Duration
	for range 2000 {
		start := time.Now()
		if err := c.conns[0].exchange(); err != nil {
			b.Fatal(err)
		}
		all = append(all, time.Since(start))
	}
	slices.Sort(all)
	return all
}

// neighbours misbehave until they are told to leave.
func neighbours(b *testing.B, addr string) (leave func()) {
	var all sync.WaitGroup
	ctx, cancel := context.WithCancel(context.Background())
	bad := func(first, piece string) {
		all.Go(func() {
			conn, err := net.Dial("tcp", addr)
			if err != nil {
				b.Error(err)
				return
			}
			defer conn.Close()
			_, _ = io.WriteString(conn, first)
			tick := time.NewTicker(200 * time.Millisecond)
			defer tick.Stop()
			for {
				select {
				case <-ctx.Done():
					return
				case <-tick.C:
					_, _ = io.WriteString(conn, piece)
				}
			}
		})
	}
	call := func(name string) string {
		return fmt.Sprintf("POST %s HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}", path3(name))
	}
	for range 50 { // heads and bodies that never end
		bad("GET / HTTP/1.1\r\nHost: x\r\nA: ", "x")
		bad("POST "+path3("healthy")+" HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n", "x")
	}
	for range 20 {
		bad(call("slow"), "")
	}
	bad(call("dead"), "")
	time.Sleep(100 * time.Millisecond) // until they are at it
	return func() {
		cancel()
		all.Wait()
		time.Sleep(500 * time.Millisecond) // until the server has noticed
	}
}
