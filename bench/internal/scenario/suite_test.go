package scenario_test

import (
	"bytes"
	"testing"

	"github.com/wafer-run/wafer/bench/internal/contender"
	"github.com/wafer-run/wafer/bench/internal/record"
	"github.com/wafer-run/wafer/bench/internal/scenario"
	"github.com/wafer-run/wafer/bench/internal/subject"
)

// quickSuite returns a quick suite of contenders, and where its data goes.
func quickSuite(t *testing.T, contenders ...*contender.Contender) (*scenario.Suite, *bytes.Buffer) {
	t.Helper()
	root, err := subject.Root(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	w, err := record.NewWriter(&out, record.Header{})
	if err != nil {
		t.Fatal(err)
	}
	return &scenario.Suite{
		Shop: contender.NewWorkshop(root, t.TempDir()), Contenders: contenders,
		Quick: true, Progress: t.Logf, Out: w,
	}, &out
}
