package process_test

import (
	"testing"

	"github.com/wafer-run/wafer/runner/native/internal/process"
)

// BenchmarkStart measures from Start to the end of a program that does nothing,
// which includes loading Go's runtime.
func BenchmarkStart(b *testing.B) {
	dir := code(b)
	run := func(b *testing.B, spec process.Spec) {
		spec.Path, spec.Dir, spec.Args = "probe", dir, []string{"exit", "0"}
		for b.Loop() {
			p, err := process.Start(spec)
			if err != nil {
				b.Fatal(err)
			}
			p.Wait()
		}
	}
	b.Run("own network", func(b *testing.B) { run(b, process.Spec{Memory: 256 * mb, CPU: 1, Pids: 100}) })
	b.Run("shared network", func(b *testing.B) {
		n, err := process.NewNetwork(false)
		if err != nil {
			b.Fatal(err)
		}
		defer n.Close()
		run(b, process.Spec{Memory: 256 * mb, CPU: 1, Pids: 100, Network: n})
	})
	b.Run("host network", func(b *testing.B) { run(b, process.Spec{Egress: true}) })
}
