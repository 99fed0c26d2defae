package conformance_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/wafer-run/wafer/runner/internal/conformance"
)

// TestReadme compares what README.md says of the suite with the suite.
func TestReadme(t *testing.T) {
	text, err := os.ReadFile("../../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	readme := strings.Join(strings.Fields(string(text)), " ")
	count := func(except map[string]string) (checks, excepted int) {
		return conformance.Subject{Except: except}.Count()
	}
	wasm, notWasm := count(ofWasm)
	server, notServer := count(ofWasmServer)
	go1, notGo1 := count(ofGo1)
	custom, notCustom := count(ofCustom)
	all, _ := count(nil)
	site, _ := count(ofSite)
	for _, want := range []string{
		fmt.Sprintf("| conformance checks (of the front's suite) | %d pass, %d do not apply | %d, %d | %d, %d | %d, %d |",
			wasm, notWasm, server, notServer, go1, notGo1, custom, notCustom),
		fmt.Sprintf("%d documented behaviours of FC, %d checks over both generations,", len(conformance.Rows()), all),
		fmt.Sprintf("Of the checks %d apply to it", site),
	} {
		if !strings.Contains(readme, want) {
			t.Errorf("README.md does not say %q", want)
		}
	}
}
