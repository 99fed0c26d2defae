package differential

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/tetratelabs/wazero"

	"github.com/wafer-run/wafer/abi"
	"github.com/wafer-run/wafer/runner/internal/guesttest"
	"github.com/wafer-run/wafer/runner/internal/rewrite"
	"github.com/wafer-run/wafer/runner/internal/wasm"
)

// TestEngines runs each example rewritten and as it was built on wazero's
// compiler, and as it was built on its interpreter, and compares all that can be
// seen from outside after each call: answers, traps, output, memory and globals.
func TestEngines(t *testing.T) {
	if testing.Short() {
		t.Skip("compiles all examples twice")
	}
	some := []string{"event-struct", "http-handler", "initializer", "panic"}
	for _, name := range examples(t) {
		t.Run(name, func(t *testing.T) {
			if !slices.Contains(some, name) && os.Getenv("WAFER_TEST_ALL") == "" {
				t.Skip("the interpreter takes its time: only with WAFER_TEST_ALL")
			}
			t.Parallel()
			binary := guesttest.Build(t, filepath.Join("..", "..", "..", "examples", name))
			original, err := wasm.Parse(binary)
			if err != nil {
				t.Fatal(err)
			}
			rewritten, err := rewrite.Rewrite(binary, rewrite.Options{})
			if err != nil {
				t.Fatal(err)
			}
			machines := []*machine{
				newMachine(t, "interpreter", wazero.NewRuntimeConfigInterpreter(), binary, nil),
				newMachine(t, "compiler", wazero.NewRuntimeConfigCompiler(), binary, nil),
				newMachine(t, "rewritten", wazero.NewRuntimeConfigCompiler(), rewritten.Wasm, rewritten.Segments),
			}
			globals := int(original.Space().Globals)
			// compare makes the same call in all, and reports whether they live on.
			compare := func(what string, call func(*machine) outcome) bool {
				outcomes := make([]outcome, len(machines))
				for i, m := range machines {
					outcomes[i] = call(m)
					outcomes[i].Global = m.globals(globals)
				}
				want := machines[0].memory()
				for i, m := range machines[1:] {
					if diff := cmp.Diff(outcomes[0], outcomes[i+1]); diff != "" {
						t.Fatalf("%s (-%s +%s):\n%s", what, machines[0].name, m.name, diff)
					}
					if got := m.memory(); !bytes.Equal(want, got) {
						t.Fatalf("%s: memory of %s differs from that of %s at byte %d of %d",
							what, m.name, machines[0].name, firstDifference(want, got), len(got))
					}
				}
				return !machines[0].ended
			}
			for _, c := range calls(name) {
				if !compare(c.what, c.call) {
					break
				}
			}
			if machines[2].refills < 20 {
				t.Errorf("%d refills: the rewritten module was hardly metered", machines[2].refills)
			}
		})
	}
}

func firstDifference(a, b []byte) int {
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			return i
		}
	}
	return min(len(a), len(b))
}

// call is something to do to a machine.
type call struct {
	what string
	call func(*machine) outcome
}

// calls are what an example gets: all of an instance's life, with events that fit
// and some that do not. What ends the instance comes last.
func calls(example string) []call {
	all := []call{
		{"initialize", (*machine).initialize},
		{"boot", func(m *machine) outcome { return m.call(abi.KindBoot, (&abi.BootRequest{Peer: "test"}).AppendTo(nil)) }},
		{"settle", func(m *machine) outcome { return m.call(abi.KindSettle, nil) }},
	}
	add := func(kind abi.Kind, q abi.Request) {
		q.Context = abi.Context{RequestID: "r", Deadline: 4102444800000, Timeout: 60000, FunctionName: "fn", Memory: 512}
		frame := q.AppendTo(nil)
		all = append(all, call{kind.String() + " " + string(q.Body), func(m *machine) outcome { return m.call(kind, frame) }})
	}
	add(abi.KindInitialize, abi.Request{})
	matrix := []string{`{"key":"value"}`, "", "3", `"h\u00e9llo 😀"`, `{"key":[1,{"y":2.5e10}],"z":null}`, `{"key":`}
	if example != "log-fatal" {
		matrix = append(matrix, special[example]...)
	}
	for _, event := range append(generated(3), matrix...) {
		add(abi.KindInvoke, abi.Request{Body: []byte(event)})
	}
	for _, path := range []string{"/", "/echo", "/fail", "/none"} {
		add(abi.KindHTTP, abi.Request{
			HTTP: abi.HTTPRequest{
				Method: "POST", RequestURI: path + "?name=a%20b", Path: path, ClientIP: "10.0.0.1", Host: "example.com",
				Protocol: "HTTP/1.1", Headers: []abi.Pair{{Key: "Content-Type", Value: "text/plain"}},
			},
			Body: []byte("body of " + path),
		})
	}
	add(abi.KindPreFreeze, abi.Request{})
	add(abi.KindPreStop, abi.Request{})
	if example == "log-fatal" {
		add(abi.KindInvoke, abi.Request{Body: []byte(`""`)})
	}
	return all
}
