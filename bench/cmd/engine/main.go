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
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"regexp"
	"syscall"
	"time"

	"github.com/wafer-run/wafer/bench/internal/child"
	"github.com/wafer-run/wafer/bench/internal/experiment"
)

func main() {
	if len(os.Args) == 3 && os.Args[1] == child.Flag {
		if err := child.Serve(os.Args[2], experiment.Services(), os.Stdin, os.Stdout); err != nil {
			fmt.Fprintf(os.Stderr, "engine: %v\n", err)
			os.Exit(2)
		}
		return
	}
	pattern := flag.String("run", "", "measure only figures whose name matches this regular expression")
	verbose := flag.Bool("v", false, "print the absolute numbers behind each figure")
	flag.Parse()
	only, err := regexp.Compile(*pattern)
	if err != nil || flag.NArg() > 0 {
		flag.Usage()
		os.Exit(2)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	begin := time.Now()
	s := &session{only: only, verbose: *verbose, stdout: os.Stdout, progress: func(format string, args ...any) {
		fmt.Fprintf(os.Stderr, "%4ds  %s\n", int(time.Since(begin).Seconds()), fmt.Sprintf(format, args...))
	}}
	short, err := s.run(ctx)
	stop()
	switch {
	case err != nil:
		fmt.Fprintf(os.Stderr, "engine: %v\n", err)
		os.Exit(2)
	case short > 0:
		os.Exit(1)
	}
}
