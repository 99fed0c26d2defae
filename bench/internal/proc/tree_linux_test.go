package proc

import (
	"os"
	"os/exec"
	"testing"
	"time"
)

func TestReadTree(t *testing.T) {
	cmd := exec.Command("sh", "-c", "sleep 60 & sleep 60 & wait")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		for _, p := range append(descendants(cmd.Process.Pid), cmd.Process.Pid) {
			if p, err := os.FindProcess(p); err == nil {
				_ = p.Kill()
			}
		}
		_ = cmd.Wait()
	})
	var tree Tree
	for deadline := time.Now().Add(10 * time.Second); tree.Processes != 3 && time.Now().Before(deadline); {
		var err error
		if tree, err = ReadTree(cmd.Process.Pid); err != nil {
			t.Fatal(err)
		}
	}
	if tree.Processes != 3 || tree.Memory.Proportional <= 0 || tree.Mappings < 30 || tree.Descriptors < 9 || tree.MinorFaults <= 0 {
		t.Errorf("%+v", tree)
	}
}

func TestParseStat(t *testing.T) {
	s, err := parseStat("12 (a) b) c) S 7 1 1 0 -1 4194304 100 20 0 0 3 4 5 6 20 0 1 0 5 0 0\n")
	if err != nil || s != (stat{parent: 7, faults: 120, cpu: 180 * time.Millisecond}) {
		t.Errorf("%+v, %v", s, err)
	}
	for _, bad := range []string{"", "12 (a) S 1", "12 (a) S x 1 1 0 -1 4194304 100 20 0 0 3 4 5 6 20 0 1"} {
		if _, err := parseStat(bad); err == nil {
			t.Errorf("%q was read", bad)
		}
	}
}
