// Command initializer has state: it is loaded once, before the first event, and
// lives as long as the instance.
package main

import (
	"context"
	"fmt"

	"github.com/aliyun/fc-runtime-go-sdk/fc"
	"github.com/aliyun/fc-runtime-go-sdk/fccontext"
)

var (
	greetings map[string]string // set by Initialize
	calls     int
)

func Initialize(ctx context.Context) {
	fctx, _ := fccontext.FromContext(ctx)
	fctx.GetLogger().Info("loading greetings")
	greetings = map[string]string{"en": "hello", "de": "hallo"}
}

func HandleRequest(ctx context.Context, language string) (string, error) {
	calls++
	greeting, ok := greetings[language]
	if !ok {
		return "", fmt.Errorf("no greeting in %q", language)
	}
	return fmt.Sprintf("%s, call %d of this instance", greeting, calls), nil
}

func main() {
	fc.RegisterInitializerFunction(Initialize)
	fc.Start(HandleRequest)
}
