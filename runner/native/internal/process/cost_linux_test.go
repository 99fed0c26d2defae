package process

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// BenchmarkMechanism measures what each step of a start takes: the least of all
// tries, in microseconds, as what is above that is the machine's other work.
func BenchmarkMechanism(b *testing.B) {
	dir := b.TempDir()
	file := filepath.Join(dir, "probe")
	if out, err := exec.Command("go", "build", "-o", file, "./testdata/probe").CombinedOutput(); err != nil {
		b.Fatalf("%v: %s", err, out)
	}
	least := map[string]time.Duration{}
	lap := func(what string, began time.Time) {
		if d, ok := least[what], time.Since(began); d == 0 || ok < d {
			least[what] = ok
		}
	}
	for b.Loop() {
		began := time.Now()
		network, err := NewNetwork(false)
		if err != nil {
			b.Fatal(err)
		}
		lap("new-network", began)
		l := &launch{
			spec: &Spec{Path: "probe", Dir: dir, Args: []string{"exit", "0"}, Memory: 256 << 20, CPU: 1, Pids: 100},
			host: theHost(), network: network, off: map[Mechanism]error{},
		}
		for m, err := range l.host.missing {
			l.off[m] = err
		}
		if err := l.resolve(); err != nil {
			b.Fatal(err)
		}
		l.chooseNetwork()
		began = time.Now()
		if err := l.prepare(); err != nil {
			b.Fatal(err)
		}
		lap("cgroups", began)
		if l.null, err = os.OpenFile(os.DevNull, os.O_RDWR, 0); err != nil {
			b.Fatal(err)
		}
		failed := make(chan error)
		onThread(func() {
			for _, s := range l.steps() {
				if !l.use(s.mechanism) {
					continue
				}
				began := time.Now()
				if err := s.do(); err != nil {
					failed <- err
					return
				}
				lap(string(s.mechanism), began)
			}
			began := time.Now()
			if err := l.start(); err != nil {
				failed <- err
				return
			}
			lap("fork-and-exec", began)
			began = time.Now()
			if err := l.release(l.cmd.Process.Pid); err != nil {
				failed <- err
				return
			}
			lap("proc-and-rlimits", began)
			failed <- l.cmd.Wait()
		})
		if err := <-failed; err != nil {
			b.Fatal(err)
		}
		_ = l.null.Close()
		began = time.Now()
		l.discard()
		lap("remove-cgroups", began)
		_ = network.Close()
	}
	for what, d := range least {
		b.ReportMetric(float64(d.Nanoseconds())/1e3, what+"-µs")
	}
}
