package process

import (
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// TestGroup2 uses the unified hierarchy, whatever controllers it has: on a
// machine where all are with cgroup v1, it can still hold and kill a tree.
func TestGroup2(t *testing.T) {
	mount := ""
	for _, dir := range []string{"/sys/fs/cgroup", "/sys/fs/cgroup/unified"} {
		var fs unix.Statfs_t
		if unix.Statfs(dir, &fs) == nil && fs.Type == unix.CGROUP2_SUPER_MAGIC {
			mount = dir
		}
	}
	probe := filepath.Join(mount, groupName())
	if mount == "" || os.Mkdir(probe, 0o755) != nil {
		t.Skip("no cgroup v2 to write to")
	}
	if err := os.Remove(probe); err != nil {
		t.Fatal(err)
	}
	gone := filepath.Join(mount, groupPrefix+pidNamespace()+"-999999999-x")
	if err := os.Mkdir(gone, 0o755); err != nil {
		t.Fatal(err)
	}
	// With something in it that a killed wafer could not end.
	left := exec.Command("sleep", "1000")
	dirFD, err := unix.Open(gone, unix.O_PATH|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	left.SysProcAttr = &syscall.SysProcAttr{UseCgroupFD: true, CgroupFD: dirFD}
	if err := left.Start(); err != nil {
		t.Fatal(err)
	}
	_ = unix.Close(dirFD)
	go func() { _ = left.Wait() }()
	all := newGroups2(mount, "/")
	if _, err := os.Stat(gone); err == nil {
		t.Error("what a process that has ended left was not removed")
	}
	g, refused := all.create(limits{memory: 64 << 20, cpu: 0.5, pids: 20})
	if g == nil {
		t.Fatalf("no group: %v", refused)
	}
	for _, m := range groupMechanisms {
		if err := all.available(m); (err == nil) != (refused[m] == nil) {
			t.Errorf("%s: available %v, refused %v", m, err, refused[m])
		}
	}
	c := exec.Command("/bin/sh", "-c", "setsid sleep 1000 & wait")
	c.SysProcAttr = &syscall.SysProcAttr{}
	g.attach(c.SysProcAttr)
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	g.leave()
	dir := g.(*group2).dir
	if b, err := os.ReadFile(filepath.Join(dir, "cgroup.procs")); err != nil || len(b) == 0 {
		t.Errorf("processes %q, %v", b, err)
	}
	g.kill()
	_ = c.Wait()
	if u := g.usage(); u.cpu == 0 {
		t.Error("no CPU time was counted")
	}
	g.remove()
	if _, err := os.Stat(dir); err == nil {
		t.Errorf("%s is left", dir)
	}
}
