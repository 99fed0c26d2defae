package main

import (
	"context"
	"fmt"
	"log"
	"os"
	"time"

	"github.com/aliyun/fc-runtime-go-sdk/fccontext"
)

// contexts show what a handler knows, and what it writes.
var contexts = map[string]entry{
	"context": start(func(ctx context.Context) (*fccontext.FcContext, error) {
		c, _ := fccontext.FromContext(ctx)
		return c, nil
	}),
	"deadline": start(func(ctx context.Context) (map[string]interface{}, error) {
		d, ok := ctx.Deadline()
		return map[string]interface{}{
			"ok": ok, "zone": d.Location().String(), "ms": d.UnixMilli(), "now": time.Now().UnixMilli(),
			"past": ctx.Err() != nil,
		}, nil
	}),
	"no-context": start(func() (map[string]interface{}, error) {
		c, ok := fccontext.FromContext(context.Background())
		given, has := fccontext.FromContext(fccontext.NewContext(context.Background(), &fccontext.FcContext{RequestID: "mine"}))
		return map[string]interface{}{"nil": c == nil, "ok": ok, "given": given.RequestID, "has": has, "version": fccontext.FunctionVersion}, nil
	}),
	"logger": start(func(ctx context.Context) error {
		c, _ := fccontext.FromContext(ctx)
		l := c.GetLogger()
		l.Debug("a", 1, true)
		l.Debugf("%d%%", 7)
		l.Info("b")
		l.Infof("with a line end\n")
		l.Warn("c")
		l.Warnf("%q", "d")
		l.Error("e", "f")
		l.Errorf("two\nlines")
		fccontext.NewFcLogger("other").Info("g")
		return nil
	}),
	"prints": start(func() error {
		fmt.Println("out")
		fmt.Fprintln(os.Stderr, "err")
		log.Print("logged")
		fmt.Print("no end")
		return nil
	}),
	"environment": start(func() (map[string]interface{}, error) {
		return map[string]interface{}{"HANDLER": os.Getenv("HANDLER"), "EXTRA": os.Getenv("EXTRA"), "HOME": os.Getenv("HOME")}, nil
	}),
	"counts": start(func() (int, error) { count++; return count, nil }),
}

var count int
