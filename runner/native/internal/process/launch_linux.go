package process

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

// launch is a process on its way from a Spec to running. Its steps happen on a
// thread that ends with the process: what the thread may not do, see or reach,
// neither may what it starts, and it alone is affected. When a mechanism turns
// out not to work, the thread is thrown away and the next one does without.
type launch struct {
	spec    *Spec
	host    *host
	path    string // of the program, absolute
	code    string // directory, absolute
	network *Network
	group   group
	off     map[Mechanism]error // not to be had
	active  []Mechanism
	user    uint32 // 0: wafer's own
	temp    string // directory of the host; "" when the file tree has its own
	null    *os.File
	cmd     *exec.Cmd

	inherited int64 // what the program's ru_maxrss began with, in bytes
}

// refusal says that a mechanism does not work.
type refusal struct {
	mechanism Mechanism
	err       error
}

func (r *refusal) Error() string { return r.err.Error() }

// outcome is what became of a process.
type outcome struct {
	state *os.ProcessState
	err   error
}

// use tells whether to try a mechanism.
func (l *launch) use(m Mechanism) bool { return l.off[m] == nil }

// userBase is the first of 2^24 user IDs that no distribution hands out. Each
// process gets one at random: what two of them share is unlikely and harmless.
const userBase = 0x7000_0000

// step is what one mechanism does to the calling thread.
type step struct {
	mechanism Mechanism
	do        func() error
}

// steps lists them in their order: files first, while they can be reached, and
// last what forbids the steps before.
func (l *launch) steps() []step {
	return []step{
		{NetworkNamespace, l.network.join},
		{MountNamespace, l.enterTree},
		{PIDNamespace, l.enterPIDNamespace},
		{Capabilities, dropBounding},
		{NoNewPrivileges, func() error { return unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) }},
		{Landlock, func() error { return l.rules().restrict(l.host.landlock) }},
		{Seccomp, func() error { return seccomp(l.cloneInto(), l.cloneNamespaces()) }},
	}
}

// contain restricts the calling thread.
func (l *launch) contain() error {
	l.active = nil
	for _, s := range l.steps() {
		if !l.use(s.mechanism) {
			continue
		}
		if err := s.do(); err != nil {
			return &refusal{s.mechanism, err}
		}
		l.active = append(l.active, s.mechanism)
	}
	return nil
}

func (l *launch) enterTree() error {
	t, err := newTree(l.spec, l.code, !l.use(PIDNamespace))
	if err != nil {
		return err
	}
	defer t.close()
	if err := unix.Unshare(unix.CLONE_NEWIPC); err != nil {
		return fmt.Errorf("making an IPC namespace: %w", err)
	}
	return t.enter(l.host.empty)
}

// enterPIDNamespace makes the thread's next child the first process in a new
// namespace.
func (l *launch) enterPIDNamespace() error {
	if l.cloneNamespaces() {
		return nil
	}
	return unix.Unshare(unix.CLONE_NEWPID)
}

// cloneNamespaces tells whether the PID namespace has to be made together with
// the process: an ordinary user needs a user namespace first, and a thread of
// several cannot move to one.
func (l *launch) cloneNamespaces() bool { return !l.host.root && l.use(PIDNamespace) }

// cloneInto tells whether wafer itself starts the process by clone3.
func (l *launch) cloneInto() bool {
	var a syscall.SysProcAttr
	if l.group != nil {
		l.group.attach(&a)
	}
	return a.UseCgroupFD
}

// rules says what Landlock is to allow.
func (l *launch) rules() *ruleset {
	r := &ruleset{
		read:    slices.Concat(l.host.readable, l.spec.ReadOnly, []string{l.code, l.path, "/proc", procParent}),
		connect: l.network.served(),
		network: l.use(LandlockNetwork),
		signals: !l.use(PIDNamespace) && l.host.signals,
	}
	for _, d := range devices {
		r.devices = append(r.devices, "/dev/"+d.name)
	}
	if l.temp != "" {
		r.write = append(r.write, l.temp)
	} else {
		r.write = append(r.write, "/tmp")
	}
	if r.network {
		l.active = append(l.active, LandlockNetwork)
	}
	return r
}

// start starts the program, stopped before its first instruction where that is
// possible, on the calling thread.
func (l *launch) start() error {
	attr := &syscall.SysProcAttr{Setsid: true, Pdeathsig: syscall.SIGKILL, Ptrace: l.use(Rlimits)}
	if l.cloneNamespaces() {
		// Without a mapping the user is nobody in there, and has no capabilities.
		attr.Cloneflags = unix.CLONE_NEWPID | unix.CLONE_NEWUSER
	}
	if l.user != 0 {
		attr.Credential = &syscall.Credential{Uid: l.user, Gid: l.user}
	}
	// What wafer inherited or opened by other means than Go's would be handed on.
	_ = unix.CloseRange(3, ^uint(0), unix.CLOSE_RANGE_CLOEXEC)
	if l.group != nil {
		l.group.attach(attr)
		if err := l.group.enter(); err != nil {
			return &refusal{MemoryCgroup, err}
		}
		defer l.group.leave()
	}
	err := l.execute(attr)
	l.inherited = inherited()
	if l.user != 0 {
		l.host.restoreDumpable()
	}
	return l.explain(err)
}

// explain finds out what a failed start says about the mechanisms in use.
func (l *launch) explain(err error) error {
	switch {
	case err == nil:
		l.active = append(l.active, Session, ParentDeath)
		if l.user != 0 {
			l.active = append(l.active, Credentials)
		}
		return nil
	case errors.Is(err, unix.ENOENT):
		return &ExecError{"its interpreter or loader is missing; a process sees its code and " + strings.Join(systemDirs[:5], ", "), unix.ENOENT}
	case errors.Is(err, unix.ETXTBSY):
		return &ExecError{fmt.Sprintf("another process has had it open for writing for %s", busyFor), unix.ETXTBSY}
	case errors.Is(err, unix.ENOEXEC):
		return &ExecError{"not a program for this machine", unix.ENOEXEC}
	case !slices.ContainsFunc([]error{unix.EPERM, unix.EINVAL, unix.ENOSYS, unix.ENOSPC, unix.ENOMEM}, func(e error) bool { return errors.Is(err, e) }):
		return err
	}
	// One of these, then. The last to go is what the kernel refuses least.
	for _, m := range []Mechanism{PIDNamespace, Rlimits, Credentials} {
		if l.use(m) {
			return &refusal{m, err}
		}
	}
	return err
}

// environment is the process's environment, and nothing else.
func (l *launch) environment() []string {
	env := append([]string{}, l.spec.Env...)
	if l.temp != "" {
		env = append(env, "TMPDIR="+l.temp)
	}
	if name := l.spec.CodeVariable; name != "" {
		dir := l.code
		if l.use(MountNamespace) {
			dir = CodeDir
		}
		env = append(env, name+"="+dir+"/")
	}
	return env
}

// resolve finds the program and the code directory.
func (l *launch) resolve() error {
	dir := l.spec.Dir
	if dir == "" {
		return errors.New("no code directory is named")
	}
	var err error
	if l.code, err = filepath.Abs(dir); err != nil {
		return err
	}
	st, err := os.Stat(l.code)
	if err != nil {
		return err
	}
	if !st.IsDir() {
		return fmt.Errorf("code directory %s: %w", l.code, unix.ENOTDIR)
	}
	if l.path = l.spec.Path; !filepath.IsAbs(l.path) {
		l.path = filepath.Join(l.code, l.path)
	}
	program, err := os.Stat(l.path)
	switch {
	case err != nil:
		return err
	case !program.Mode().IsRegular():
		return errors.New("not a file")
	case program.Mode()&0o111 == 0:
		return fmt.Errorf("not executable (mode %#o)", program.Mode().Perm())
	}
	if !l.inTree(l.path) {
		l.spec.ReadOnly = append(l.spec.ReadOnly[:len(l.spec.ReadOnly):len(l.spec.ReadOnly)], l.path)
	}
	return l.chooseUser(st, program)
}

// inTree tells whether a path is in the code or a system directory.
func (l *launch) inTree(path string) bool {
	for _, d := range append([]string{l.code}, systemDirs...) {
		if strings.HasPrefix(path, d+"/") {
			return true
		}
	}
	return false
}

// chooseUser picks the user, if another one than wafer's can read the code.
func (l *launch) chooseUser(dir, program os.FileInfo) error {
	if !l.use(Credentials) {
		return nil
	}
	const read, search = 0o005, 0o001
	switch {
	case dir.Mode()&read != read:
		l.off[Credentials] = fmt.Errorf("only its owner may read the code directory %s (mode %#o)", l.code, dir.Mode().Perm())
		return nil
	case program.Mode()&read != read:
		l.off[Credentials] = fmt.Errorf("only its owner may run %s (mode %#o)", l.path, program.Mode().Perm())
		return nil
	}
	// In a file tree of its own, the directories above are ours.
	for d := filepath.Dir(l.code); !l.use(MountNamespace) && d != "/"; d = filepath.Dir(d) {
		if st, err := os.Stat(d); err != nil || st.Mode()&search == 0 {
			l.off[Credentials] = fmt.Errorf("other users may not enter %s", d)
			return nil
		}
	}
	l.user = userBase + rand.Uint32N(1<<24)
	return nil
}
