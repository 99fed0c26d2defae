package main

import (
	"context"
	"fmt"
	"net/http"

	"github.com/aliyun/fc-runtime-go-sdk/fc"
	"github.com/aliyun/fc-runtime-go-sdk/fccontext"
)

// said is what hooks have left behind.
var said string

func say(s string) func(context.Context) {
	return func(ctx context.Context) {
		c, _ := fccontext.FromContext(ctx)
		fmt.Println(s, "as", c.RequestID)
		said += s + ";"
	}
}

func tell() (string, error) { return said, nil }

// initializing registers an initializer before it starts.
func initializing(hook interface{}) entry {
	return func() {
		fc.RegisterInitializerFunction(hook)
		fc.Start(tell)
	}
}

// hooks are functions with a lifecycle.
var hooks = map[string]entry{
	"initializer": initializing(say("initialized")),
	"last-initializer": func() {
		fc.RegisterInitializerFunction(say("first"))
		fc.RegisterInitializerFunction(say("second"))
		fc.Start(tell)
	},
	"third-time": initializing(func(context.Context) {
		said += "try;"
		if said != "try;try;try;" {
			panic("not yet")
		}
	}),
	"all-hooks": func() {
		fc.RegisterInitializerFunction(say("initialized"))
		fc.RegisterPreFreezeFunction(say("freezing"))
		fc.RegisterPreStopFunction(say("stopping"))
		fc.Start(tell)
	},
	"bad-stop": func() {
		fc.RegisterPreStopFunction(func(context.Context) { panic("while stopping") })
		fc.Start(tell)
	},
	"hook-nil":        initializing(nil),
	"hook-no-func":    initializing("hook"),
	"hook-no-args":    initializing(func() {}),
	"hook-no-context": initializing(func(int) {}),
	"hook-result":     initializing(func(context.Context) error { return nil }),
	"web-initializer": func() {
		fc.RegisterInitializerFunction(say("initialized"))
		fc.StartHttp(markSaid)
	},
}

func markSaid(_ context.Context, w http.ResponseWriter, _ *http.Request) error {
	_, err := fmt.Fprint(w, said)
	return err
}
