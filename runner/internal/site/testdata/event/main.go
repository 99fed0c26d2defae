// Command event returns what it knows of itself.
package main

import (
	"context"
	"os"

	"github.com/aliyun/fc-runtime-go-sdk/fc"
	"github.com/aliyun/fc-runtime-go-sdk/fccontext"
)

func main() {
	fc.Start(func(ctx context.Context) (map[string]string, error) {
		c, _ := fccontext.FromContext(ctx)
		return map[string]string{
			"function": c.Function.Name, "service": c.Service.Name, "region": c.Region,
			"account": c.AccountId, "greeting": os.Getenv("GREETING"), "log": c.Service.LogProject + "/" + c.Service.LogStore,
		}, nil
	})
}
