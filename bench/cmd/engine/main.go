// Command engine measures the engine's figures and compares them with their
// targets:
//
//	go run ./bench/cmd/engine [-run REGEXP] [-v]
//
// It prints one line per figure,
//
//	name  measured  <= target  ok|short
//
// and appends what it was made from to bench/out/engine.jsonl. It exits with 1
// when a figure is short of its target, and with 2 when something could not be
// measured. It takes some minutes, needs Linux, Go and 4 GB of memory, and wants
// the machine for itself: a figure that is short while others use the
// processors is measured a second time.
package main

import (
	"fmt"
	"os"

	"github.com/wafer-run/wafer/bench/internal/child"
	"github.com/wafer-run/wafer/bench/internal/experiment"
	"github.com/wafer-run/wafer/bench/internal/session"
)

func main() {
	if len(os.Args) == 3 && os.Args[1] == child.Flag {
		if err := child.Serve(os.Args[2], experiment.Services(), os.Stdin, os.Stdout); err != nil {
			fmt.Fprintf(os.Stderr, "engine: %v\n", err)
			os.Exit(2)
		}
		return
	}
	session.Main("engine", experiment.All())
}
