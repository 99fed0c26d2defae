// Loop runs the tightest loop there is: n times, or for ever when n is
// negative. Or it has the host work for ever.
package main

import (
	"context"
	"unsafe"

	"github.com/aliyun/fc-runtime-go-sdk/fc"
)

//go:wasmimport wasi_snapshot_preview1 random_get
//go:noescape
func randomGet(p unsafe.Pointer, n uint32) uint32

type Event struct {
	N int `json:"n"`
	// Random is how many bytes to ask the host for at a time.
	Random int `json:"random"`
}

func HandleRequest(ctx context.Context, event Event) (int, error) {
	if event.Random > 0 {
		b := make([]byte, event.Random)
		for {
			randomGet(unsafe.Pointer(&b[0]), uint32(len(b)))
		}
	}
	if event.N < 0 {
		for {
		}
	}
	sum := 0
	for i := 0; i < event.N; i++ {
		sum += i ^ sum<<1
	}
	return sum, nil
}

func main() {
	fc.Start(HandleRequest)
}
