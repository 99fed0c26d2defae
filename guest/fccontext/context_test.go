package fccontext

import (
	"context"
	"encoding/json"
	"sync"
	"testing"
	"time"
)

func TestFromContext(t *testing.T) {
	if fc, ok := FromContext(context.Background()); fc != nil || ok {
		t.Errorf("got %v, %v from a context without one", fc, ok)
	}
	want := &FcContext{RequestID: "r-1"}
	ctx, cancel := context.WithTimeout(NewContext(context.Background(), want), time.Minute)
	defer cancel()
	for i := 0; i < 2; i++ {
		if got, ok := FromContext(ctx); got != want || !ok {
			t.Errorf("got %p, %v; want %p", got, ok, want)
		}
	}
}

func TestJSONForm(t *testing.T) {
	got, err := json.Marshal(&FcContext{
		RequestID:   "r-1",
		Credentials: Credentials{"id", "secret", "token"},
		Function:    Function{"fn", "main", "128", 60},
		Service:     Service{"svc", "project", "store", "prod", "3"},
		Region:      "cn-hangzhou",
		AccountId:   "42",
		RetryCount:  1,
		Tracing:     Tracing{"span", map[string]string{"k": "v"}, "jaeger"},
	})
	if err != nil {
		t.Fatal(err)
	}
	want := `{"RequestID":"r-1",` +
		`"Credentials":{"AccessKeyId":"id","AccessKeySecret":"secret","SecurityToken":"token"},` +
		`"Function":{"Name":"fn","Handler":"main","Memory":"128","Timeout":60},` +
		`"Service":{"Name":"svc","LogProject":"project","LogStore":"store","Qualifier":"prod","VersionId":"3"},` +
		`"Region":"cn-hangzhou","AccountId":"42","RetryCount":1,` +
		`"Tracing":{"OpenTracingSpanContext":"span","OpenTracingSpanBaggages":{"k":"v"},"JaegerEndpoint":"jaeger"}}`
	if string(got) != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// TestConcurrentUse means something under the race detector only.
func TestConcurrentUse(t *testing.T) {
	ctx := NewContext(context.Background(), &FcContext{RequestID: "r-1"})
	var wg sync.WaitGroup
	for i := 0; i < 8; i++ {
		wg.Add(1)
		go func() {
			defer wg.Done()
			fc, _ := FromContext(ctx)
			if fc.GetLogger() == nil {
				t.Error("no logger")
			}
		}()
	}
	wg.Wait()
}
