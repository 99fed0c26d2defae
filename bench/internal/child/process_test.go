package child_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/wafer-run/wafer/bench/internal/child"
)

// TestMain makes the test's own program the child that Start starts.
func TestMain(m *testing.M) {
	if len(os.Args) > 2 && os.Args[1] == child.Flag {
		services := map[string]any{"Adder": &Adder{}}
		if err := child.Serve(os.Args[2], services, os.Stdin, os.Stdout); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// Adder keeps a sum, so that it shows which process it is in.
type Adder struct{ sum int }

func (a *Adder) Add(n int, reply *int) error {
	if n < 0 {
		return fmt.Errorf("%d is negative", n)
	}
	a.sum += n
	*reply = a.sum
	return nil
}

func TestProcess(t *testing.T) {
	var children [2]*child.Process
	for i := range children {
		p, err := child.Start(t.Context(), "Adder")
		if err != nil {
			t.Fatal(err)
		}
		children[i] = p
	}
	for _, tc := range []struct{ child, add, want int }{{0, 1, 1}, {1, 5, 5}, {0, 2, 3}} {
		var got int
		if err := children[tc.child].Call("Add", tc.add, &got); err != nil || got != tc.want {
			t.Errorf("child %d: %d, %v; want %d", tc.child, got, err, tc.want)
		}
	}
	var got int
	if err := children[0].Call("Add", -1, &got); err == nil || !strings.Contains(err.Error(), "-1 is negative") {
		t.Errorf("error %v", err)
	}
	for _, p := range children {
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	}
}

func TestUnknownService(t *testing.T) {
	p, err := child.Start(t.Context(), "Nobody")
	if err != nil {
		t.Fatal(err)
	}
	var got int
	if err := p.Call("Add", 1, &got); err == nil {
		t.Error("a service that does not exist has answered")
	}
	if err := p.Close(); err == nil {
		t.Error("a child that failed ended well")
	}
}
