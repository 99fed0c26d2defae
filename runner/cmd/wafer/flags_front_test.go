package main

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/wafer-run/wafer/runner/internal/front"
)

// TestFrontFlags: every flag reaches the front.
func TestFrontFlags(t *testing.T) {
	queue, wait := 7, 2*time.Second
	flags := frontFlags{
		TriggerSuffix: "fn.example.org", Attachment: true, PublicLog: true,
		MaxConcurrency: 5, TenantConcurrency: 6, Queue: &queue, QueueTimeout: &wait,
		Limit:    map[string]string{"path": "2KB", "request-header": "6144", "body": "8 MB", "responseHeader": "1KiB"},
		MaxConns: 8, MaxConnsPerClient: 9, CompressFrom: 10, Decompress: true,
	}
	if err := flags.check(); err != nil {
		t.Fatal(err)
	}
	var got front.Config
	flags.configure(&got)
	want := front.Config{
		TriggerSuffix: "fn.example.org", Attachment: true, PublicLog: true,
		Concurrency: 5, TenantConcurrency: 6, MaxQueue: 7, QueueTimeout: wait,
		Limits:   front.Limits{Path: 2 << 10, RequestHeader: 6 << 10, Body: 8 << 20, ResponseHeader: 1 << 10},
		MaxConns: 8, MaxConnsPerClient: 9, CompressFrom: 10, Decompress: true,
	}
	if diff := cmp.Diff(want, got, cmpopts.IgnoreUnexported(front.Config{})); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestFrontFlagsRefused: a mistake names the flag, the limit and what was given,
// before anything is loaded.
func TestFrontFlagsRefused(t *testing.T) {
	less, negative := -1, -time.Second
	for want, flags := range map[string]frontFlags{
		`--trigger-suffix is "host:80", want a host name without a port`:                                                          {TriggerSuffix: "host:80"},
		`--trigger-suffix is ".org", want a host name without a port`:                                                             {TriggerSuffix: ".org"},
		`--max-concurrency is -1, want at least 1`:                                                                                {MaxConcurrency: -1},
		`--tenant-concurrency is -2, want at least 1`:                                                                             {TenantConcurrency: -2},
		`--queue is -1, want at least 0`:                                                                                          {Queue: &less},
		`--queue-timeout is -1s, want over 0`:                                                                                     {QueueTimeout: &negative},
		`--limit has the name "bdy", want path, requestHeader, body or responseHeader`:                                            {Limit: map[string]string{"bdy": "1"}},
		`--limit body is "8GB", want bytes, or a size like 64KB or 8MB, 1 to 536870912 bytes`:                                     {Limit: map[string]string{"body": "8GB"}},
		"--max-conns is -1, want at least 1\n--limit path is \"0\", want bytes, or a size like 64KB or 8MB, 1 to 536870912 bytes": {MaxConns: -1, Limit: map[string]string{"path": "0"}},
	} {
		if err := flags.check(); err == nil || err.Error() != want {
			t.Errorf("error %v, want %s", err, want)
		}
	}
}
