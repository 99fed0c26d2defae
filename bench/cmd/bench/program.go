package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"github.com/wafer-run/wafer/bench/internal/contender"
	"github.com/wafer-run/wafer/bench/internal/figure"
	"github.com/wafer-run/wafer/bench/internal/record"
	"github.com/wafer-run/wafer/bench/internal/report"
	"github.com/wafer-run/wafer/bench/internal/scenario"
	"github.com/wafer-run/wafer/bench/internal/subject"
	"github.com/wafer-run/wafer/bench/internal/workload"
)

// program is one run of the command.
type program struct {
	args           []string
	stdout, stderr io.Writer
	progress       func(format string, args ...any)

	quick, smoke     bool
	only, contenders *regexp.Regexp
	base             string
	root, out        string
}

func (p *program) run(ctx context.Context) error {
	command := "run"
	if len(p.args) > 0 && !strings.HasPrefix(p.args[0], "-") {
		command, p.args = p.args[0], p.args[1:]
	}
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	flags.SetOutput(p.stderr)
	flags.BoolVar(&p.quick, "quick", false, "few and short rounds: minutes instead of half an hour")
	flags.BoolVar(&p.smoke, "smoke", false, "all of the full run, one round of each and a tenth of its time: whether it works, not how fast")
	only := flags.String("run", "", "scenarios to run, as a regular expression")
	some := flags.String("contenders", "", "subjects to measure, as a regular expression")
	flags.StringVar(&p.base, "base", "", "revision to compare with (check)")
	if err := flags.Parse(p.args); err != nil {
		return err
	}
	var err, err2 error
	p.only, err = regexp.Compile(*only)
	p.contenders, err2 = regexp.Compile(*some)
	if err := errors.Join(err, err2); err != nil {
		return err
	}
	if p.root, err = subject.Root(ctx); err != nil {
		return err
	}
	p.out = filepath.Join(p.root, "bench", "out")
	if err := os.MkdirAll(p.out, 0o755); err != nil {
		return err
	}
	switch command {
	case "run":
		return p.measure(ctx)
	case "check":
		return p.check(ctx)
	case "report":
		return p.report()
	case "readme":
		return p.readme()
	}
	return fmt.Errorf("there is no command %q; there are run, check, report and readme", command)
}

// measure runs the scenarios and makes the report.
func (p *program) measure(ctx context.Context) error {
	dir, err := os.MkdirTemp(p.out, "bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir) // what is left is named like what it is
	file, err := os.Create(filepath.Join(p.out, "results.jsonl"))
	if err != nil {
		return err
	}
	defer file.Close()
	w, err := record.NewWriter(file, p.header(ctx))
	if err != nil {
		return err
	}
	s := &scenario.Suite{
		Shop: contender.NewWorkshop(p.root, dir), Workloads: workload.All(), Quick: p.quick, Smoke: p.smoke, Progress: p.progress, Out: w,
	}
	for _, c := range contender.All() {
		if p.contenders.MatchString(c.Name) {
			s.Contenders = append(s.Contenders, c)
		}
	}
	if p.quick {
		s.Workloads = []*workload.Workload{workload.Hello(), workload.Named("web")}
	}
	if len(s.Contenders) == 0 {
		return fmt.Errorf("no subject matches %q", p.contenders)
	}
	var failures []error
	var took []string
	for _, sc := range scenario.All() {
		if !p.only.MatchString(sc.Name) || ctx.Err() != nil {
			continue
		}
		p.progress("%s: %s", sc.Name, sc.About)
		begin := time.Now()
		if err := sc.Run(ctx, s); err != nil {
			p.progress("%s failed: %v", sc.Name, err)
			failures = append(failures, fmt.Errorf("%s: %w", sc.Name, err))
		}
		took = append(took, fmt.Sprintf("%s %.0f s", sc.Name, time.Since(begin).Seconds()))
	}
	p.progress("done: %s", strings.Join(took, ", "))
	return errors.Join(append(failures, p.report())...)
}

// report makes the report from the data.
func (p *program) report() error {
	set, err := p.data()
	if err != nil {
		return err
	}
	if err := report.Write(p.out, set); err != nil {
		return err
	}
	fmt.Fprintf(p.stdout, "report: %s\n", filepath.Join(p.out, "report.html"))
	return nil
}

func (p *program) data() (*record.Set, error) {
	file, err := os.Open(filepath.Join(p.out, "results.jsonl"))
	if err != nil {
		return nil, fmt.Errorf("%w (make bench makes it)", err)
	}
	defer file.Close()
	return record.Read(file)
}

// readme writes README.md's performance sections, bench/RESULTS.md and the main
// charts, from what data there is.
func (p *program) readme() error {
	set, err := p.data()
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if set != nil && set.Header.Part {
		return fmt.Errorf("the last run was of a part only (%s): make bench, or bench-quick, makes what can be shown", set.Header.Command)
	}
	from := report.Sources{Set: set}
	if from.Engine, err = p.figures("engine.jsonl"); err != nil {
		return err
	}
	if from.Front, err = p.figures("front.jsonl"); err != nil {
		return err
	}
	if set == nil && from.Engine == nil && from.Front == nil {
		return fmt.Errorf("there is nothing to write: %s has no data (make bench, make bench-engine and make bench-front make it)", p.out)
	}
	return report.Publish(p.root, from)
}

// figures reads the last ones of a file, none if there is no file.
func (p *program) figures(name string) ([]figure.Record, error) {
	file, err := os.Open(filepath.Join(p.out, name))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return figure.Latest(file)
}

// check compares with another revision.
func (p *program) check(ctx context.Context) error {
	if p.base == "" {
		return errors.New("check needs -base REVISION")
	}
	dir, err := os.MkdirTemp(p.out, "check-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir) // what is left is named like what it is
	tree := filepath.Join(dir, "base")
	if out, err := exec.CommandContext(ctx, "git", "-C", p.root, "worktree", "add", "--detach", tree, p.base).CombinedOutput(); err != nil {
		return fmt.Errorf("checking out %s: %w: %s", p.base, err, out)
	}
	defer exec.Command("git", "-C", p.root, "worktree", "remove", "--force", tree).Run() //nolint:errcheck // git prunes what is left
	s := &scenario.Suite{Shop: contender.NewWorkshop(p.root, filepath.Join(dir, "head")), Quick: p.quick, Progress: p.progress}
	list, err := scenario.Compare(ctx, s, contender.NewWorkshop(tree, filepath.Join(dir, "old")).TakeHandlersFrom(p.root))
	if err != nil {
		return err
	}
	worse := 0
	for _, v := range list {
		if v.Note != "" {
			fmt.Fprintf(p.stdout, "%-26s left out: %s\n", v.What, v.Note)
			continue
		}
		verdict := "ok"
		if v.Worse() {
			verdict = "WORSE"
			worse++
		}
		fmt.Fprintf(p.stdout, "%-26s %.3f of the base (%.3f to %.3f)  %s\n", v.What, v.Ratio.Value, v.Ratio.Low, v.Ratio.High, verdict)
	}
	if worse > 0 {
		return fmt.Errorf("%d of %d are worse than at %s by more than %.0f %% beyond noise", worse, len(list), p.base, 100*scenario.Tolerance)
	}
	return nil
}

// header says where and when this is.
func (p *program) header(ctx context.Context) record.Header {
	h := record.Here()
	h.Quick, h.Part = p.quick || p.smoke, p.smoke || p.only.String() != "" || p.contenders.String() != ""
	h.Command = "bench " + strings.Join(os.Args[1:], " ")
	if out, err := exec.CommandContext(ctx, "git", "-C", p.root, "describe", "--always", "--dirty").Output(); err == nil {
		h.Revision = strings.TrimSpace(string(out))
	}
	for name, version := range contender.Versions() {
		h.Modules[name] = version
	}
	return h
}
