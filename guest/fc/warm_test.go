package fc

import (
	"context"
	"encoding/json"
	"math/big"
	"reflect"
	"testing"
	"time"

	"github.com/wafer-run/wafer/guest/fc/messages"
)

// tattler notices when package json runs its code.
type tattler struct{ X int }

var tattled int

func (*tattler) UnmarshalJSON([]byte) error { tattled++; return nil }

type textTattler struct{ X int }

func (textTattler) MarshalText() ([]byte, error) { tattled++; return nil, nil }

type recursive struct {
	Next *recursive
	List []recursive
	M    map[string]recursive
}

func TestPlain(t *testing.T) {
	for _, tc := range []struct {
		value interface{}
		want  bool
	}{
		{0, true},
		{"", true},
		{struct{ A []map[string]*int }{}, true},
		{recursive{}, true},
		{struct {
			T time.Time
			B *big.Int
			R json.RawMessage
		}{}, true},
		{tattler{}, false},
		{&tattler{}, false},
		{textTattler{}, false},
		{[]tattler{}, false},
		{map[textTattler]int{}, false},
		{struct{ A struct{ B *[2]tattler } }{}, false},
		{struct{ Err error }{}, true},
		{struct{ M json.Marshaler }{}, true}, // nil in a zero value
	} {
		if got := plain(reflect.TypeOf(tc.value), map[reflect.Type]bool{}); got != tc.want {
			t.Errorf("%T: %v, want %v", tc.value, got, tc.want)
		}
	}
}

func TestWarmRunsNoUserCode(t *testing.T) {
	ran := 0
	for _, handler := range []interface{}{
		nil,
		1,
		func() { ran++ },
		func(int) { ran++ },
		func([]byte) { ran++ },
		func(context.Context) { ran++ },
		func(interface{}) (interface{}, error) { ran++; return nil, nil },
		func(recursive) (*recursive, error) { ran++; return nil, nil },
		func(map[string][]string) (chan int, error) { ran++; return nil, nil },
		func(tattler) (textTattler, error) { ran++; return textTattler{}, nil },
		func([]tattler) (map[string]textTattler, error) { ran++; return nil, nil },
		structHandler{},
	} {
		warm(NewFunction(handler, 101))
		warm(NewFunction(handler, 102))
	}
	if ran != 0 || tattled != 0 {
		t.Errorf("ran handlers %d times, codecs %d times", ran, tattled)
	}
}

func TestWarmUpSurvivesPanics(t *testing.T) {
	warmUp(&Function{}) // no server
}

// TestIdle checks that a warm-up gets all the way through.
func TestIdle(t *testing.T) {
	for _, tc := range []struct {
		name     string
		fn       *Function
		want     bool
		wantBody string
	}{
		{"struct", NewFunction(func(recursive) (*recursive, error) { return nil, nil }, 101), true, "null"},
		{"string", NewFunction(func(context.Context, string) (int, error) { return 0, nil }, 101), true, "0"},
		{"list", NewFunction(func([]map[string]interface{}) error { return nil }, 101), true, "null"},
		{"bytes", NewFunction(func([]byte) ([]byte, error) { return nil, nil }, 101), true, "null"},
		{"codec", NewFunction(func(tattler) error { return nil }, 101), false, ""},
		{"handler", NewFunction(structHandler{}, 101), false, ""},
		{"invalid", NewFunction(nil, 101), false, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			server, payload := tc.fn.server.idle()
			if got := server != nil; got != tc.want {
				t.Fatalf("can idle: %v, want %v", got, tc.want)
			}
			if server == nil {
				return
			}
			resp := messages.InvokeResponse{}
			if err := server.invoke(context.Background(), &messages.InvokeRequest{Payload: payload}, &resp); err != nil {
				t.Fatal(err)
			}
			if string(resp.Payload) != tc.wantBody {
				t.Errorf("result is %q, want %q", resp.Payload, tc.wantBody)
			}
		})
	}
}
