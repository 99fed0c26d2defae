//go:build unix

package front

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/valyala/fasthttp"

	"github.com/wafer-run/wafer/runner"
	"github.com/wafer-run/wafer/runner/runnertest"
)

const (
	compareConns    = 32
	compareRequests = 100 // of each connection in a round
	compareBody     = `{"hello":"world"}`
)

// BenchmarkCompare measures requests a second over kept connections of fasthttp
// and net/http that echo a body, of the front with functions that do the same in
// Go and in WebAssembly. They take turns within one run, because figures of a
// machine that others use mean nothing alone: what counts are the ratios to
// fasthttp, each the median over the rounds, of requests per second and of
// requests per second of this process's CPU time, client included, which depends
// less on what else runs.
//
//	go test -run - -bench Compare -benchtime 40x ./runner/internal/front
func BenchmarkCompare(b *testing.B) {
	contenders := []*contender{
		{name: "fasthttp", addr: rawFasthttp(b), uri: "/"},
		{name: "net/http", addr: rawNetHTTP(b), uri: "/"},
	}
	addr, _ := serve(b, one(noop()))
	contenders = append(contenders,
		&contender{name: "front-event", addr: addr, uri: invoke3},
		&contender{name: "front-http", addr: addr, uri: "/a?b=c"})
	r, err := runner.New(context.Background(), runner.NewConfig().WithCacheDir(runnertest.CacheDir(b)))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = r.Close(context.Background()) })
	f := runnertest.Load(b, r, runner.NewFunctionConfig("f").WithEnv(map[string]string{"HANDLER": "bytes-out"}), runnertest.Build(b, "testdata/handlers"))
	addr, _ = serve(b, one(f))
	contenders = append(contenders, &contender{name: "front-wasm", addr: addr, uri: invoke3})
	for _, c := range contenders {
		c.connect(b)
		c.round(b) // and let it warm up
		c.rates, c.perCPU = nil, nil
	}
	b.ResetTimer()
	for i := range b.N {
		for j := range contenders {
			contenders[(i+j)%len(contenders)].round(b)
		}
	}
	b.StopTimer()
	for _, c := range contenders {
		b.ReportMetric(median(c.rates), c.name+"-req/s")
		if c != contenders[0] {
			b.ReportMetric(median(ratios(c.rates, contenders[0].rates)), c.name+"/fasthttp")
			b.ReportMetric(median(ratios(c.perCPU, contenders[0].perCPU)), c.name+"/fasthttp-by-CPU")
		}
	}
	b.ReportMetric(0, "ns/op") // of a round, which is nothing
}

func ratios(a, b []float64) []float64 {
	r := slices.Clone(a)
	for i := range r {
		r[i] /= b[i]
	}
	return r
}

func median(v []float64) float64 {
	v = slices.Sorted(slices.Values(v))
	return v[len(v)/2]
}

// contender is a server that is measured.
type contender struct {
	name, addr, uri string
	conns           []*bareConn
	rates           []float64 // requests a second, of each round
	perCPU          []float64 // requests a second of CPU time
}

// bareConn is a client that costs as little as possible.
type bareConn struct {
	net.Conn
	r       *bufio.Reader
	request []byte
}

func (c *contender) connect(b *testing.B) {
	for range compareConns {
		conn, err := net.Dial("tcp", c.addr)
		if err != nil {
			b.Fatal(err)
		}
		b.Cleanup(func() { _ = conn.Close() })
		request := "POST " + c.uri + " HTTP/1.1\r\nHost: example.com\r\nUser-Agent: bench\r\nAccept: */*\r\nContent-Type: application/json\r\nContent-Length: " +
			strconv.Itoa(len(compareBody)) + "\r\n\r\n" + compareBody
		c.conns = append(c.conns, &bareConn{conn, bufio.NewReader(conn), []byte(request)})
	}
}

// round has every connection send its requests, one after the other.
func (c *contender) round(b *testing.B) {
	var clients sync.WaitGroup
	start, used := time.Now(), cpuTime(b)
	for _, conn := range c.conns {
		clients.Go(func() {
			for range compareRequests {
				if err := conn.exchange(); err != nil {
					b.Errorf("%s: %v", c.name, err)
					return
				}
			}
		})
	}
	clients.Wait()
	n := float64(len(c.conns) * compareRequests)
	c.rates = append(c.rates, n/time.Since(start).Seconds())
	c.perCPU = append(c.perCPU, n/(cpuTime(b)-used).Seconds())
}

// cpuTime is what this process has used.
func cpuTime(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// exchange sends a request and reads the answer.
func (c *bareConn) exchange() error {
	if _, err := c.Write(c.request); err != nil {
		return err
	}
	length := -1
	for first := true; ; first = false {
		line, err := c.r.ReadSlice('\n')
		if err != nil {
			return err
		}
		if first && !bytes.HasPrefix(line, []byte("HTTP/1.1 200")) {
			return fmt.Errorf("answered %q", line)
		}
		if v, ok := bytes.CutPrefix(line, []byte("Content-Length: ")); ok {
			length = 0
			for _, d := range bytes.TrimSpace(v) {
				length = length*10 + int(d-'0')
			}
		}
		if len(line) == 2 {
			break
		}
	}
	_, err := c.r.Discard(length)
	return err
}

func rawFasthttp(b *testing.B) string {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	s := &fasthttp.Server{Handler: func(rc *fasthttp.RequestCtx) {
		rc.SetContentType("application/json")
		rc.SetBody(rc.PostBody())
	}}
	go func() { _ = s.Serve(ln) }()
	b.Cleanup(func() { _ = ln.Close() })
	return ln.Addr().String()
}

func rawNetHTTP(b *testing.B) string {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	s := &http.Server{ReadHeaderTimeout: time.Minute, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			http.Error(w, err.Error(), 400)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(body)
	})}
	go func() { _ = s.Serve(ln) }()
	b.Cleanup(func() { _ = s.Close() })
	return ln.Addr().String()
}
