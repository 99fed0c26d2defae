//go:build wasip1

// Command guest is a handler of the ordinary kind: JSON in and out, and net/http.
package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"unsafe"
)

func main() {}

type event struct {
	Key    string            `json:"key"`
	Nested map[string]any    `json:"nested,omitempty"`
	List   []int             `json:"list,omitempty"`
	Head   map[string]string `json:"head,omitempty"`
}

var (
	in, out []byte
	mux     = http.NewServeMux()
	words   = regexp.MustCompile(`([a-z]+)-(\d+)`)
)

func init() {
	mux.HandleFunc("POST /x/{id}", func(w http.ResponseWriter, r *http.Request) {
		var e event
		if err := json.NewDecoder(r.Body).Decode(&e); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		slices.Sort(e.List)
		w.Header().Set("X-Id", r.PathValue("id"))
		json.NewEncoder(w).Encode(map[string]any{"key": strings.ToUpper(e.Key), "list": e.List, "n": e.Nested})
	})
}

//go:wasmexport input
func input(n uint32) uint32 {
	in = make([]byte, n, n+1)
	return uint32(uintptr(unsafe.Pointer(unsafe.SliceData(in))))
}

func answer(b []byte) uint64 {
	out = b
	return uint64(uintptr(unsafe.Pointer(unsafe.SliceData(out))))<<32 | uint64(len(out))
}

//go:wasmexport transform
func transform() uint64 {
	var e event
	if err := json.Unmarshal(in, &e); err != nil {
		return answer([]byte(err.Error()))
	}
	slices.Sort(e.List)
	e.Key = words.ReplaceAllString(e.Key, "$2-$1")
	b, err := json.Marshal(e)
	if err != nil {
		panic(err)
	}
	return answer(b)
}

//go:wasmexport serve
func serve() uint64 {
	r := httptest.NewRequest(http.MethodPost, "/x/77", strings.NewReader(string(in)))
	w := httptest.NewRecorder()
	mux.ServeHTTP(w, r)
	return answer([]byte(fmt.Sprint(w.Code, " ", w.Header(), " ", w.Body)))
}

// churn leaves garbage, collects it, recovers from panics and switches goroutines.
//
//go:wasmexport churn
func churn(n uint32) uint64 {
	ch := make(chan int)
	go func() {
		defer close(ch)
		for i := range n {
			ch <- len(fmt.Sprintf("%d %x %v", i, i*i, []float64{float64(i) / 3}))
		}
	}()
	sum := 0
	for v := range ch {
		func() {
			defer func() {
				if recover() != nil {
					sum++
				}
			}()
			sum += v / (v & 3)
		}()
	}
	runtime.GC()
	return uint64(sum)
}

//go:wasmexport spin
func spin(n uint32) uint32 {
	x := uint32(1)
	for range n {
		x = x*1664525 + 1013904223
	}
	return x
}
