// Command panic fails by accident: the handler panics.
package main

import (
	"context"

	"github.com/aliyun/fc-runtime-go-sdk/fc"
)

var days = []string{"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"}

func HandleRequest(ctx context.Context, day int) (string, error) {
	return days[day], nil
}

func main() {
	fc.Start(HandleRequest)
}
