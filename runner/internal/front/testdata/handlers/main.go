// Command handlers starts one of many handlers, the one that the environment
// variable HANDLER names. Each is started as its author would, so that a test
// can call all of them and needs to build only once.
package main

import (
	"os"

	"github.com/aliyun/fc-runtime-go-sdk/fc"
)

// An entry is what main would be in a program of its own.
type entry func()

// start is the entry of most programs.
func start(handler interface{}) entry { return func() { fc.Start(handler) } }

func startHTTP(handler interface{}) entry { return func() { fc.StartHttp(handler) } }

func main() {
	name := os.Getenv("HANDLER")
	for _, entries := range []map[string]entry{shapes, invalid, codecs, failures, contexts, web, invalidWeb, hooks} {
		if run, ok := entries[name]; ok {
			run()
			return
		}
	}
	panic("no handler of the name " + name)
}
