// Command rewrite writes what the rewriter makes of a module, for looking at
// it and for comparing with and without a pass:
//
//	go run ./runner/internal/cmd/rewrite [-skip meter,hoist] in.wasm out.wasm
package main

import (
	"flag"
	"fmt"
	"os"
	"strings"

	"github.com/wafer-run/wafer/runner/internal/rewrite"
)

var passes = []rewrite.Pass{
	rewrite.PassMeter, rewrite.PassLift, rewrite.PassHoist, rewrite.PassGlobals, rewrite.PassCustom,
}

func main() {
	skip := flag.String("skip", "", "passes to leave out, with commas between them: meter, lift, hoist, globals, custom")
	flag.Parse()
	if flag.NArg() != 2 {
		fmt.Fprintln(os.Stderr, "usage: rewrite [-skip PASSES] IN OUT")
		os.Exit(2)
	}
	if err := run(*skip, flag.Arg(0), flag.Arg(1)); err != nil {
		fmt.Fprintf(os.Stderr, "rewrite: %v\n", err)
		os.Exit(1)
	}
}

func run(skip, in, out string) error {
	opts := rewrite.Options{}
	for name := range strings.SplitSeq(skip, ",") {
		if name == "" {
			continue
		}
		pass, err := parsePass(name)
		if err != nil {
			return err
		}
		opts.Skip |= pass
	}
	bin, err := os.ReadFile(in)
	if err != nil {
		return err
	}
	res, err := rewrite.Rewrite(bin, opts)
	if err != nil {
		return err
	}
	return os.WriteFile(out, res.Wasm, 0o644)
}

func parsePass(name string) (rewrite.Pass, error) {
	for _, p := range passes {
		if p.String() == name {
			return p, nil
		}
	}
	return 0, fmt.Errorf("there is no pass %q", name)
}
