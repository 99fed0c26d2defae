package fc

import (
	"context"
	"encoding/json"
	"math/big"
	"reflect"
	"testing"
	"time"
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

func TestWarmSurvivesPanics(t *testing.T) {
	done := false
	quietly(func() { done = true; panic("x") })
	if !done {
		t.Error("did not run")
	}
}
