package front

import (
	"bufio"
	"context"
	"net"
	"strings"
	"testing"

	"github.com/valyala/fasthttp"

	"github.com/wafer-run/wafer/runner"
)

// noop is a function that costs nothing, so that what is left is the front.
func noop() *fake {
	res := &runner.Result{Payload: []byte(`{"hello":"world"}`), Usage: usage}
	return &fake{
		result: &runner.Result{Usage: usage},
		invoke: func(context.Context, runner.Event) (*runner.Result, error) { return res, nil },
		http: func(_ context.Context, req *runner.HTTPRequest, w runner.HTTPWriter) error {
			if err := w.WriteHead(200, headerJSON, int64(len(req.Payload))); err != nil {
				return err
			}
			_, err := w.Write(req.Payload)
			return err
		},
	}
}

var headerJSON = []runner.Header{{Key: "Content-Type", Value: "application/json"}}

// BenchmarkFront measures a round trip over loopback with a no-op function, next
// to fasthttp that sends the same answer by itself.
func BenchmarkFront(b *testing.B) {
	addr, _ := serve(b, one(noop()))
	b.Run("invoke", func(b *testing.B) { roundTrips(b, addr, invoke3) })
	b.Run("http", func(b *testing.B) { roundTrips(b, addr, "/path?a=b") })
	eventAddr, _ := serve(b, one(&fake{event: true, http: noop().http}))
	b.Run("http-to-event-handler", func(b *testing.B) { roundTrips(b, eventAddr, "/path?a=b") })
	b.Run("fasthttp", func(b *testing.B) {
		ln, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			b.Fatal(err)
		}
		s := &fasthttp.Server{Handler: func(rc *fasthttp.RequestCtx) {
			rc.SetContentType("application/json")
			rc.SetBody(rc.PostBody())
		}}
		go func() { _ = s.Serve(ln) }()
		defer s.Shutdown() //nolint:errcheck // nothing is left to do with it
		roundTrips(b, ln.Addr().String(), "/")
	})
}

func roundTrips(b *testing.B, addr, uri string) {
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		c := &fasthttp.HostClient{Addr: addr}
		req, res := fasthttp.AcquireRequest(), fasthttp.AcquireResponse()
		req.Header.SetMethod("POST")
		req.SetRequestURI("http://" + addr + uri)
		req.SetBodyString(`{"hello":"world"}`)
		for pb.Next() {
			if err := c.Do(req, res); err != nil || res.StatusCode() != 200 {
				b.Errorf("status %d, error %v", res.StatusCode(), err)
				return
			}
		}
	})
}

// BenchmarkHandler measures the front alone, without sockets.
func BenchmarkHandler(b *testing.B) {
	for _, c := range []struct{ name, uri string }{{"invoke", invoke3}, {"http", "/path?a=b"}} {
		b.Run(c.name, func(b *testing.B) {
			s, rc := handlerOnly(b, "f.example.com", c.uri)
			b.ReportAllocs()
			for b.Loop() {
				rc.Response.Reset()
				s.handle(rc)
			}
			if rc.Response.StatusCode() != 200 {
				b.Fatalf("status %d: %s", rc.Response.StatusCode(), rc.Response.Body())
			}
		})
	}
}

// handlerOnly returns a server over a function that costs nothing, and a request
// for it as a client sends it, but without a body.
func handlerOnly(tb testing.TB, host, uri string, changes ...func(*Config)) (*Server, *fasthttp.RequestCtx) {
	tb.Helper()
	cfg := Config{Functions: one(noop())}
	for _, change := range changes {
		change(&cfg)
	}
	cfg, err := cfg.withDefaults()
	if err != nil {
		tb.Fatal(err)
	}
	s := newServer(cfg)
	client, server := net.Pipe()
	tb.Cleanup(func() { _, _ = client.Close(), server.Close() })
	rc := new(fasthttp.RequestCtx)
	rc.Init2(server, logger{cfg.Logger}, false)
	head := "Host: " + host + "\r\nUser-Agent: curl/8.5.0\r\nAccept: */*\r\nContent-Type: application/json\r\nContent-Length: 0\r\n\r\n"
	if err := rc.Request.Header.Read(bufio.NewReader(strings.NewReader("POST " + uri + " HTTP/1.1\r\n" + head))); err != nil {
		tb.Fatal(err)
	}
	return s, rc
}
