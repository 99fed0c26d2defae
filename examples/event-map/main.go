// Command event-map takes any JSON object and says what is in it.
package main

import (
	"context"
	"fmt"

	"github.com/aliyun/fc-runtime-go-sdk/fc"
)

func HandleRequest(ctx context.Context, event map[string]interface{}) (map[string]string, error) {
	types := make(map[string]string, len(event))
	for key, value := range event {
		types[key] = fmt.Sprintf("%T", value)
	}
	return types, nil
}

func main() {
	fc.Start(HandleRequest)
}
