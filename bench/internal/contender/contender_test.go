package contender_test

import (
	"errors"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/wafer-run/wafer/bench/internal/contender"
	"github.com/wafer-run/wafer/bench/internal/subject"
	"github.com/wafer-run/wafer/bench/internal/workload"
)

func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == contender.Flag {
		if err := contender.Serve(os.Args[2:]); err != nil {
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// A plug-in that cannot be built leaves its peer out, and not the scenario. It
// fetches and compiles the peer's host first, which takes a minute.
func TestExtismWithoutPlugin(t *testing.T) {
	if os.Getenv("WAFER_TEST_ALL") == "" {
		t.Skip("set WAFER_TEST_ALL")
	}
	shop := contender.NewWorkshop(t.TempDir(), t.TempDir()) // there is no source
	if err := shop.Have("extism/host"); err != nil {
		t.Fatal(err)
	}
	_, err := contender.StartExtism(t.Context(), shop, workload.Hello())
	var missing *contender.Unavailable
	if !errors.As(err, &missing) {
		t.Errorf("error %v, want one that says it is not available", err)
	}
}

// Every contender answers every workload that suits it, and is gone afterwards.
// Only some are tried unless WAFER_TEST_ALL is set: fetching peers takes
// minutes.
func TestContendersAnswer(t *testing.T) {
	if testing.Short() {
		t.Skip("builds and compiles")
	}
	root, err := subject.Root(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	shop := contender.NewWorkshop(root, t.TempDir())
	all := os.Getenv("WAFER_TEST_ALL") != ""
	works, some := []string{"hello"}, []string{"wafer", "native", "fasthttp"}
	if all {
		works = nil
		for _, w := range workload.All() {
			works = append(works, w.Name)
		}
	}
	for _, c := range contender.All() {
		if !all && !slices.Contains(some, c.Name) {
			continue
		}
		for _, name := range works {
			t.Run(c.Name+"/"+name, func(t *testing.T) {
				e, err := c.Start(t.Context(), shop, workload.Named(name))
				var missing *contender.Unavailable
				if errors.Is(err, contender.ErrUnsuited) || errors.As(err, &missing) {
					t.Skip(err)
				}
				if err != nil {
					t.Fatal(err)
				}
				pid := e.PID()
				for range 20 {
					if err := e.Do(t.Context(), 0); err != nil {
						t.Error(err)
						break
					}
				}
				if e.First <= 0 {
					t.Errorf("the first answer took %v", e.First)
				}
				if err := e.Close(); err != nil {
					t.Error(err)
				}
				if p, err := os.FindProcess(pid); err == nil && p.Signal(nil) == nil {
					t.Errorf("process %d is still there", pid)
				}
			})
		}
	}
}

// bench/README.md says which subjects are run with which handlers.
func TestREADMEMatrix(t *testing.T) {
	text, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	head := "|"
	for _, w := range workload.All() {
		head += " | " + w.Name
	}
	_, matrix, ok := strings.Cut(string(text), "\n"+head+" |\n")
	if !ok {
		t.Fatalf("there is no table with the handlers %s", head)
	}
	for _, c := range contender.All() {
		row := "| " + c.Label + " |"
		for _, w := range workload.All() {
			if c.Suits(w) {
				row += " yes |"
			} else {
				row += " |"
			}
		}
		if !strings.Contains(matrix, "\n"+row+"\n") {
			t.Errorf("the table has no row %q", row)
		}
	}
}
