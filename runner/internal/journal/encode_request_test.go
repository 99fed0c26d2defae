package journal

import (
	"encoding/json"
	"math"
	"testing"
	"time"

	"github.com/wafer-run/wafer/runner"
	"github.com/wafer-run/wafer/runner/internal/front"
)

// entryOf is the entry of a request, for encoding/json to write.
func entryOf(r *front.Record) Entry {
	return Entry{
		Time: r.Time.UTC(), Type: TypeRequest,
		Service: r.Service, Function: r.Function, Qualifier: r.Qualifier, Version: r.Version,
		RequestID: r.RequestID, InstanceID: r.Usage.InstanceID,
		Method: r.Method, Host: r.Host, Path: r.Path, ClientIP: r.ClientIP,
		Status: r.Status, ErrorType: r.ErrorType, Error: r.Error,
		DurationMS: milliseconds(r.Duration), InvocationMS: milliseconds(r.Usage.Duration), CPUMS: milliseconds(r.Usage.CPU),
		MaxMemoryMB: r.Usage.MaxMemoryMB(), ColdStart: r.Usage.ColdStart,
		BytesIn: r.BytesIn, BytesOut: r.BytesOut,
	}
}

func full() *front.Record {
	return &front.Record{
		Time: time.Date(2026, 1, 2, 12, 0, 0, 123456789, time.FixedZone("CST", 8*3600)), Duration: 1500 * time.Microsecond,
		RequestID: "1-6b0a62ca-c82b7bb651c94805a6a1096e", Method: "POST", Path: "/a", Host: "h", ClientIP: "10.0.0.7",
		BytesIn: 3, BytesOut: 5, Service: "svc", Function: "hello", Qualifier: "LATEST", Version: "3", Status: 502, ErrorType: "T", Error: "e",
		Usage: runner.Usage{Duration: time.Millisecond, CPU: time.Microsecond, MaxMemory: 5 << 20, InstanceID: "c-1", ColdStart: true},
	}
}

func checkRequest(t *testing.T, r *front.Record) {
	t.Helper()
	want, err := json.Marshal(entryOf(r))
	if err != nil {
		t.Skip() // a time that JSON has no form for
	}
	if got := appendRequest([]byte("before"), r); string(got) != "before"+string(want)+"\n" {
		t.Errorf("got\n%s, encoding/json writes\n%s", got, want)
	}
}

// TestAppendRequest compares entries with those of encoding/json.
func TestAppendRequest(t *testing.T) {
	for name, change := range map[string]func(*front.Record){
		"full":             func(*front.Record) {},
		"empty":            func(r *front.Record) { *r = front.Record{} },
		"whole second":     func(r *front.Record) { r.Time = time.Unix(0, 0) },
		"odd text":         func(r *front.Record) { r.Path, r.Error, r.Host = "/<a>&\"\\\x00\x7f", "é\xff\u2028\n", "\t" },
		"little memory":    func(r *front.Record) { r.Usage.MaxMemory = 1 },
		"much memory":      func(r *front.Record) { r.Usage.MaxMemory = math.MaxUint64 },
		"long":             func(r *front.Record) { r.Duration, r.Usage.Duration, r.Usage.CPU = math.MaxInt64, time.Hour, 1 },
		"backwards":        func(r *front.Record) { r.Duration, r.BytesIn = -time.Second, -1 },
		"under a thousand": func(r *front.Record) { r.Duration = 499 * time.Nanosecond },
	} {
		t.Run(name, func(t *testing.T) {
			r := full()
			change(r)
			checkRequest(t, r)
		})
	}
	for _, v := range []float64{5e-324, 1e-9, 9.99e-7, 1e-6, 1e-10, 0.1, 1e20, 1e21, 1e100, -1e-7, math.MaxFloat64} {
		want, err := json.Marshal(v)
		if got := appendFloat(nil, "n", v); err != nil || string(got) != `,"n":`+string(want) {
			t.Errorf("%s, encoding/json writes %s, %v", got, want, err)
		}
	}
}

func FuzzAppendRequest(f *testing.F) {
	f.Add("hello", "/a", "it broke", int64(1e9), int64(1500), int64(7), uint64(5<<20), 200, true)
	f.Add("", "", "", int64(0), int64(0), int64(0), uint64(0), 0, false)
	f.Fuzz(func(t *testing.T, function, path, message string, at, took, bytes int64, memory uint64, status int, cold bool) {
		r := full()
		r.Function, r.Path, r.Error, r.Time, r.Duration, r.BytesOut = function, path, message, time.Unix(0, at), time.Duration(took), bytes
		r.Usage.MaxMemory, r.Status, r.Usage.ColdStart, r.Usage.CPU = memory, status, cold, time.Duration(bytes)
		checkRequest(t, r)
	})
}
