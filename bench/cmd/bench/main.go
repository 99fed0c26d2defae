// Command bench measures wafer beside what a person would pick instead, and
// makes a report of it:
//
//	go run ./bench/cmd/bench [-quick|-smoke] [-run REGEXP] [-contenders REGEXP]
//	go run ./bench/cmd/bench check -base REVISION [-quick]
//	go run ./bench/cmd/bench report     the report again, from the data
//	go run ./bench/cmd/bench readme     README.md's performance section, RESULTS.md, and the main charts
//
// It writes bench/out/results.jsonl, results.txt for benchstat, report.html and
// charts. It needs Linux and Go; peers that cannot be fetched are left out. See
// bench/README.md.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/wafer-run/wafer/bench/internal/child"
	"github.com/wafer-run/wafer/bench/internal/contender"
	"github.com/wafer-run/wafer/bench/internal/experiment"
	"github.com/wafer-run/wafer/bench/internal/scenario"
)

func main() {
	if len(os.Args) > 1 {
		switch os.Args[1] {
		case contender.Flag:
			exit(contender.Serve(os.Args[2:]))
		case child.Flag:
			exit(child.Serve(os.Args[2], services(), os.Stdin, os.Stdout))
		}
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	begin := time.Now()
	p := &program{args: os.Args[1:], stdout: os.Stdout, stderr: os.Stderr, progress: func(format string, args ...any) {
		fmt.Fprintf(os.Stderr, "%5ds  %s\n", int(time.Since(begin).Seconds()), fmt.Sprintf(format, args...))
	}}
	err := p.run(ctx)
	stop()
	exit(err)
}

func exit(err error) {
	if err != nil {
		fmt.Fprintf(os.Stderr, "bench: %v\n", err)
		os.Exit(1)
	}
	os.Exit(0)
}

// services are what children of this program can do.
func services() map[string]any {
	all := scenario.Services()
	for name, s := range experiment.Services() {
		all[name] = s
	}
	return all
}
