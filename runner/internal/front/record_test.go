package front

import (
	"context"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/wafer-run/wafer/runner"
)

// recorded serves f and returns a channel of what is recorded.
func recorded(t *testing.T, f Function, changes ...func(*Config)) (addr string, records <-chan Record) {
	t.Helper()
	ch := make(chan Record, 100)
	addr, _ = serve(t, one(f), append(changes, func(c *Config) {
		c.Record = func(r *Record) { ch <- *r }
	})...)
	return addr, ch
}

func TestRecords(t *testing.T) {
	f := echo()
	f.invoke = func(_ context.Context, ev runner.Event) (*runner.Result, error) {
		if string(ev.Payload) == "fail" {
			return &runner.Result{Usage: usage}, &runner.InvokeError{Kind: runner.HandlerFailed, Type: "errorString", Message: "it broke"}
		}
		return &runner.Result{Payload: []byte("1234"), Usage: usage}, nil
	}
	f.http = func(_ context.Context, req *runner.HTTPRequest, w runner.HTTPWriter) error {
		return answerWith(w, 201, strings.Repeat("x", 5000), "Content-Type", "text/plain")
	}
	addr, records := recorded(t, f)
	for name, c := range map[string]struct {
		send string
		want Record
	}{
		"invocation": {
			"POST " + invoke3 + "?qualifier=prod HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nhi",
			Record{Method: "POST", Path: invoke3, Host: "h", BytesIn: 2, BytesOut: 4, Function: "f", Qualifier: "prod", Version: "7", Status: 200, Usage: usage},
		},
		"function's error": {
			"POST " + invoke2 + " HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n\r\nfail",
			Record{Method: "POST", Path: invoke2, Host: "h", BytesIn: 4, Service: "svc", Function: "f", Qualifier: "LATEST", Version: "LATEST",
				Status: 200, ErrorType: "errorString", Error: "it broke", Usage: usage},
		},
		"trigger": {
			"GET /a?b=c HTTP/1.1\r\nHost: h\r\nAccept-Encoding: gzip\r\n\r\n",
			Record{Method: "GET", Path: "/a", Host: "h", BytesOut: 5000, Function: "f", Qualifier: "LATEST", Version: "LATEST", Status: 201, Usage: usage},
		},
		"no such function": {
			"POST /2023-03-30/functions/none/invocations HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n",
			Record{Method: "POST", Path: "/2023-03-30/functions/none/invocations", Host: "h", Status: 404,
				ErrorType: "FunctionNotFound", Error: "function 'none' does not exist."},
		},
		"refused before the body": {
			"POST /2023-03-30/functions/none/invocations HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 9\r\n\r\n",
			Record{Method: "POST", Path: "/2023-03-30/functions/none/invocations", Host: "h", Status: 404,
				ErrorType: "FunctionNotFound", Error: "function 'none' does not exist."},
		},
		"told to go on": {
			"POST " + invoke3 + " HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\nhi",
			Record{Method: "POST", Path: invoke3, Host: "h", BytesIn: 2, BytesOut: 4, Function: "f", Qualifier: "LATEST", Version: "LATEST", Status: 200, Usage: usage},
		},
	} {
		t.Run(name, func(t *testing.T) {
			conn, before := dial(t, addr), time.Now()
			conn.send(c.send)
			status := func() string {
				line, err := conn.r.ReadString('\n')
				if err != nil {
					t.Fatal(err)
				}
				return line
			}
			if line := status(); strings.Contains(line, " 100 ") {
				status()
				status()
			}
			got := <-records
			if got.Time.Before(before) || got.Duration < 0 || got.RequestID == "" || got.ClientIP != "127.0.0.1" {
				t.Errorf("%+v", got)
			}
			ignore := cmpopts.IgnoreFields(Record{}, "Time", "Duration", "RequestID", "ClientIP")
			if c.want.ErrorType != "" {
				got.BytesOut = 0 // of the error's JSON
			}
			if diff := cmp.Diff(c.want, got, ignore); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
	conn := dial(t, addr)
	conn.send("nonsense\r\n\r\n")
	if r := <-records; r.Status != 400 || r.ErrorType != "InvalidArgument" || !strings.HasPrefix(r.Error, "the request is malformed: ") || r.RequestID == "" {
		t.Errorf("malformed: %+v", r)
	}
}

// A client that leaves is recorded as 499, whatever it had been sent.
func TestRecordOfClientsThatLeave(t *testing.T) {
	const before = "client Closed Request: the connection was closed before the "
	for name, c := range map[string]struct{ uri, want string }{
		"event":  {invoke3, before + "function answered"},
		"http":   {"/", before + "function answered"},
		"stream": {"/stream", before + "answer was complete"},
	} {
		inside, why := make(chan struct{}), make(chan error, 1)
		addr, records := recorded(t, waiting(inside, why))
		conn := dial(t, addr)
		conn.send("POST " + c.uri + " HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nhi")
		<-inside
		if err := conn.Close(); err != nil {
			t.Fatal(err)
		}
		if err := <-why; err == nil {
			t.Errorf("%s: canceled without a cause", name)
		}
		if r := <-records; r.Status != 499 || r.ErrorType != "ClientClosedRequest" || r.Function != "f" || r.Error != c.want {
			t.Errorf("%s: %+v, want the error %q", name, r, c.want)
		}
	}
}

// A stream that the function breaks off has its status, and an error.
func TestRecordOfBrokenStream(t *testing.T) {
	f := &fake{http: func(_ context.Context, _ *runner.HTTPRequest, w runner.HTTPWriter) error {
		_ = w.WriteHead(200, nil, -1)
		_, _ = w.Write([]byte("12345"))
		return &runner.InvokeError{Kind: runner.TimedOut, Type: "FunctionTimeoutError", Message: "too slow"}
	}}
	addr, records := recorded(t, f)
	request(t, addr, "GET", "/", "")
	if r := <-records; r.Status != 200 || r.ErrorType != "FunctionTimeoutError" || r.Error != "too slow" || r.BytesOut != 5 || r.Usage != usage {
		t.Errorf("%+v", r)
	}
}

func TestAppendIP(t *testing.T) {
	for _, ip := range []net.IP{net.IPv4(192, 0, 2, 7), net.IPv4(192, 0, 2, 7).To4(), net.IPv4zero, net.ParseIP("2001:db8::1"), net.IPv6loopback, nil} {
		if got := string(appendIP([]byte("x"), ip)); got != "x"+ip.String() {
			t.Errorf("%s, want x%s", got, ip)
		}
	}
}
