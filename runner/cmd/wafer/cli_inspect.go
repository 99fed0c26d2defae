package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/wafer-run/wafer/runner"
)

type inspectCmd struct {
	programFlags
	JSON bool `help:"Print everything as JSON."`
}

func (inspectCmd) Help() string {
	return `Loads a function and prints what became of its module: what was rewritten, how large it is, what it imports and exports, whether instances start from a snapshot and, if not, why.

Of a native program it prints what can be known without running it: its build, which runtime wafer takes it for, and what would contain it. Of a package it shows what wafer run would run; --target chooses.

Examples:

    wafer inspect hello.wasm
    wafer inspect --json hello.wasm | jq .snapshotRefused
    wafer inspect ./main
    wafer inspect --target wasm code.zip`
}

// Run prints the inspection.
func (c *inspectCmd) Run(ctx context.Context, sys *system) error {
	unpacked, err := c.unpack()
	if err != nil {
		return err
	}
	defer unpacked.Close(context.WithoutCancel(ctx))
	kind, err := c.kind()
	if err != nil {
		return err
	}
	if kind != nil {
		i, err := c.inspectNative(*kind)
		if err != nil {
			return err
		}
		if c.JSON {
			return printJSON(sys.stdout, i)
		}
		return printNative(sys.stdout, i)
	}
	r, f, err := c.load(ctx, sys, false)
	if err != nil {
		return err
	}
	defer r.Close(context.WithoutCancel(ctx))
	i := f.Inspect()
	if c.JSON {
		return printJSON(sys.stdout, i)
	}
	return printInspection(sys.stdout, i)
}

func printJSON(w io.Writer, v any) error {
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}

func printInspection(w io.Writer, i runner.Inspection) error {
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	row := func(name, format string, args ...any) { fmt.Fprintf(tw, name+"\t"+format+"\n", args...) }
	yes := func(b bool) string { return map[bool]string{true: "yes", false: "no"}[b] }
	row("kind", "%s", i.Style)
	if i.Style == "reactor" {
		row("sdk", "%s", or(i.SDK, "none"))
		if i.Server {
			row("handler", "HTTP server on port %d", i.Port)
		} else {
			row("handler", "%s", map[bool]string{true: "HTTP", false: "event"}[i.HandlesHTTP])
		}
		row("hooks", "initializer %s, pre-freeze %s, pre-stop %s", yes(i.Initializer), yes(i.PreFreeze), yes(i.PreStop))
	}
	row("size", "%s, %s after rewriting", bytesOf(i.SizeBefore), bytesOf(i.SizeAfter))
	row("custom sections", "%s dropped", bytesOf(i.CustomBytes))
	row("functions", "%d, %d after rewriting", i.Functions, i.FunctionsAfter)
	row("meter", "%d ticks, %d loops", i.Ticks, i.Loops)
	row("table", "%d entries, %s", i.TableEntries, or(prefix("kept: ", i.TableKept), fmt.Sprintf("lifted: %d indirect calls go through %d dispatchers", i.IndirectCalls, i.Dispatchers)))
	row("data", "%d segments of %s hoisted%s", i.Segments, bytesOf(i.SegmentBytes), prefix(", some kept: ", i.DataKept))
	row("memory", "%s at the start, at most %s", bytesOf(i.MemoryMin), bytesOf(i.MemoryMax))
	if i.Snapshot {
		from := "taken now"
		if i.SnapshotStored {
			from = "found on disk"
		}
		row("snapshot", "yes, %s: %s, %d pages of 4 KiB in use (%s)", from, bytesOf(i.ImageBytes), i.ImagePages, bytesOf(i.ImagePages*4096))
	} else {
		row("snapshot", "no: %s", i.SnapshotRefused)
	}
	if i.WarmupRefused != "" {
		row("warm-up", "none: %s", i.WarmupRefused)
	}
	made := fmt.Sprintf("rewritten in %s", i.Rewrite.Round(100*time.Microsecond))
	if i.Compile > 0 {
		made += fmt.Sprintf(", compiled in %s", i.Compile.Round(100*time.Microsecond))
	}
	if i.CodeStored {
		row("code", "found on disk in %s, once %s", i.Lookup.Round(100*time.Microsecond), made)
	} else {
		row("code", "%s", made)
	}
	if i.CodeBytes > 0 || i.CodeReason != "" {
		row("", "%s, %s%s", bytesOf(int(i.CodeBytes)), i.Code, prefix(": ", i.CodeReason))
	}
	row("imports", "%s", strings.Join(i.Imports, " "))
	row("exports", "%s", strings.Join(i.Exports, " "))
	return tw.Flush()
}

func prefix(p, s string) string {
	if s == "" {
		return ""
	}
	return p + s
}

// bytesOf prints a size for people.
func bytesOf(n int) string {
	switch {
	case n >= 10<<30:
		return fmt.Sprintf("%d GiB", n>>30)
	case n >= 1<<20:
		return fmt.Sprintf("%.1f MiB", float64(n)/(1<<20))
	case n >= 1<<10:
		return fmt.Sprintf("%.1f KiB", float64(n)/(1<<10))
	}
	return fmt.Sprintf("%d B", n)
}
