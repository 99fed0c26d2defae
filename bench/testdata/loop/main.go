// Loop runs the tightest loop there is: n times, or for ever when n is
// negative.
package main

import (
	"context"

	"github.com/aliyun/fc-runtime-go-sdk/fc"
)

type Event struct {
	N int `json:"n"`
}

func HandleRequest(ctx context.Context, event Event) (int, error) {
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
