// Package session measures figures that have targets and says which are short
// of them: it is what "make bench-engine" and "make bench-front" have in common.
package session

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"regexp"
	"syscall"
	"time"

	"github.com/wafer-run/wafer/bench/internal/experiment"
	"github.com/wafer-run/wafer/bench/internal/figure"
	"github.com/wafer-run/wafer/bench/internal/proc"
)

// noisy is the share of all processors' time that others may use before a
// figure that is short is measured again.
const noisy = 0.05

// Main is the program called name: it measures the experiments as its arguments
// say, appends what it was made from to bench/out/NAME.jsonl, and exits with 1
// when a figure is short of its target and with 2 when something could not be
// measured.
func Main(name string, experiments []experiment.Experiment) {
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
	s := &session{name: name, experiments: experiments, only: only, verbose: *verbose, stdout: os.Stdout, progress: func(format string, args ...any) {
		fmt.Fprintf(os.Stderr, "%4ds  %s\n", int(time.Since(begin).Seconds()), fmt.Sprintf(format, args...))
	}}
	short, err := s.run(ctx)
	stop()
	switch {
	case err != nil:
		fmt.Fprintf(os.Stderr, "%s: %v\n", name, err)
		os.Exit(2)
	case short > 0:
		os.Exit(1)
	}
}

// session is one run of the program.
type session struct {
	name        string // of the program, and of its records
	experiments []experiment.Experiment

	only     *regexp.Regexp
	verbose  bool
	stdout   io.Writer
	progress func(format string, args ...any)

	table   *figure.Table
	records io.Writer
	machine figure.Machine
}

// run measures what was asked for and returns how many figures are short. What
// cannot be measured does not keep the rest from it.
func (s *session) run(ctx context.Context) (short int, err error) {
	chosen, specs := s.choose()
	if len(chosen) == 0 {
		return 0, fmt.Errorf("no figure matches %q", s.only)
	}
	lab, err := experiment.NewLab(ctx, s.progress)
	if err != nil {
		return 0, err
	}
	defer lab.Close()
	records, err := s.openRecords(lab.Out)
	if err != nil {
		return 0, err
	}
	defer records.Close()
	s.table, s.records, s.machine = figure.NewTable(s.stdout, specs, s.verbose), records, proc.Machine()
	var failures []error
	for _, e := range chosen {
		n, err := s.measure(ctx, lab, e)
		short += n
		if err != nil {
			failures = append(failures, err)
		}
		if ctx.Err() != nil {
			break
		}
	}
	return short, errors.Join(failures...)
}

// choose returns the experiments with a figure that was asked for, and these
// figures.
func (s *session) choose() (chosen []experiment.Experiment, specs []figure.Spec) {
	for _, e := range s.experiments {
		some := false
		for _, spec := range e.Figures {
			if s.only.MatchString(spec.Name) {
				specs = append(specs, spec)
				some = true
			}
		}
		if some {
			chosen = append(chosen, e)
		}
	}
	return chosen, specs
}

func (s *session) openRecords(dir string) (*os.File, error) {
	return os.OpenFile(filepath.Join(dir, s.name+".jsonl"), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
}

// measure runs an experiment, a second time when it is short on a busy
// machine, and reports its figures.
func (s *session) measure(ctx context.Context, lab *experiment.Lab, e experiment.Experiment) (short int, err error) {
	s.progress("%s", e.About)
	figures, others, err := s.once(ctx, lab, e)
	if err == nil && others > noisy && anyShort(figures) {
		s.progress("again, because others used %.0f %% of the processors", 100*others)
		first, busy := figures, others
		if figures, others, err = s.once(ctx, lab, e); err == nil {
			for i := range figures {
				figures[i].Note = join(figures[i].Note, fmt.Sprintf("second try after %s; others used %.0f %%, then %.0f %% of the processors",
					first[i].Unit.Format(first[i].Value), 100*busy, 100*others))
			}
		}
	}
	if err != nil {
		return 0, fmt.Errorf("measuring %s: %w", e.About, err)
	}
	for _, f := range figures {
		if !f.OK() {
			short++
		}
		if err := s.table.Add(f); err != nil {
			return short, err
		}
		if err := f.Write(s.records, time.Now(), s.machine); err != nil {
			return short, err
		}
	}
	return short, nil
}

// once runs an experiment and returns its figures that were asked for, and
// what share of the processors others have used meanwhile.
func (s *session) once(ctx context.Context, lab *experiment.Lab, e experiment.Experiment) (list []figure.Figure, others float64, err error) {
	load, err := proc.WatchLoad()
	if err != nil {
		return nil, 0, err
	}
	outcomes, err := e.Measure(ctx, lab)
	if err != nil {
		return nil, 0, err
	}
	if others, err = load.Others(); err != nil {
		return nil, 0, err
	}
	for i, o := range outcomes {
		f := figure.Figure{Spec: e.Figures[i], Value: o.Value, Low: o.Low, High: o.High, Facts: o.Facts, Note: o.Note}
		if s.only.MatchString(f.Name) {
			list = append(list, f)
		}
	}
	return list, others, nil
}

// join joins two notes, of which either may be empty.
func join(a, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + "; " + b
}

func anyShort(list []figure.Figure) bool {
	for _, f := range list {
		if !f.OK() {
			return true
		}
	}
	return false
}
