//go:build amd64 || arm64

package process

import (
	"fmt"
	"unsafe"

	"golang.org/x/sys/unix"
)

// deniedCalls are system calls that no function needs and that reach parts of
// the kernel with a history of holes, or that undo the containment. They fail
// with EPERM.
var deniedCalls = append([]uintptr{
	unix.SYS_MOUNT, unix.SYS_UMOUNT2, unix.SYS_PIVOT_ROOT, unix.SYS_OPEN_TREE, unix.SYS_MOVE_MOUNT, unix.SYS_FSOPEN,
	unix.SYS_FSCONFIG, unix.SYS_FSMOUNT, unix.SYS_FSPICK, unix.SYS_MOUNT_SETATTR,
	unix.SYS_UNSHARE, unix.SYS_SETNS,
	unix.SYS_BPF, unix.SYS_PERF_EVENT_OPEN, unix.SYS_USERFAULTFD, unix.SYS_FANOTIFY_INIT,
	unix.SYS_IO_URING_SETUP, unix.SYS_IO_URING_ENTER, unix.SYS_IO_URING_REGISTER,
	unix.SYS_ADD_KEY, unix.SYS_REQUEST_KEY, unix.SYS_KEYCTL,
	unix.SYS_INIT_MODULE, unix.SYS_FINIT_MODULE, unix.SYS_DELETE_MODULE, unix.SYS_KEXEC_LOAD, unix.SYS_KEXEC_FILE_LOAD,
	unix.SYS_OPEN_BY_HANDLE_AT, unix.SYS_NAME_TO_HANDLE_AT, unix.SYS_PROCESS_VM_READV, unix.SYS_PROCESS_VM_WRITEV,
	unix.SYS_REBOOT, unix.SYS_SWAPON, unix.SYS_SWAPOFF, unix.SYS_ACCT, unix.SYS_QUOTACTL, unix.SYS_SYSLOG,
	unix.SYS_SETTIMEOFDAY, unix.SYS_CLOCK_SETTIME, unix.SYS_CLOCK_ADJTIME, unix.SYS_ADJTIMEX,
	unix.SYS_SETHOSTNAME, unix.SYS_SETDOMAINNAME, unix.SYS_VHANGUP, unix.SYS_CHROOT,
}, archDeniedCalls...)

// allowedFamilies are those of sockets that a function needs.
var allowedFamilies = []uint32{unix.AF_UNIX, unix.AF_INET, unix.AF_INET6, unix.AF_NETLINK}

// namespaceFlags are what clone may not be given.
const namespaceFlags = unix.CLONE_NEWNS | unix.CLONE_NEWCGROUP | unix.CLONE_NEWUTS | unix.CLONE_NEWIPC |
	unix.CLONE_NEWUSER | unix.CLONE_NEWPID | unix.CLONE_NEWNET

// Offsets in struct seccomp_data, of the lower half of an argument where the
// machine is little-endian, as both of ours are.
const (
	offsetNumber = 0
	offsetArch   = 4
	offsetArg0   = 16
	offsetArg1   = 24
)

// seccompProgram returns the filter. With clone3 set, that call is allowed: its
// flags are behind a pointer, where no filter can look. With namespaces set,
// clone may make some. Wafer's own start of the process may need either.
func seccompProgram(clone3, namespaces bool) []unix.SockFilter {
	const (
		allow = unix.SECCOMP_RET_ALLOW
		deny  = unix.SECCOMP_RET_ERRNO | uint32(unix.EPERM)
		none  = unix.SECCOMP_RET_ERRNO | uint32(unix.ENOSYS)
	)
	load := func(offset uint32) unix.SockFilter {
		return unix.SockFilter{Code: unix.BPF_LD | unix.BPF_W | unix.BPF_ABS, K: offset}
	}
	ret := func(k uint32) unix.SockFilter { return unix.SockFilter{Code: unix.BPF_RET | unix.BPF_K, K: k} }
	jump := func(op uint16, k uint32, yes, no uint8) unix.SockFilter {
		return unix.SockFilter{Code: unix.BPF_JMP | op | unix.BPF_K, Jt: yes, Jf: no, K: k}
	}
	p := []unix.SockFilter{
		load(offsetArch),
		jump(unix.BPF_JEQ, auditArch, 1, 0),
		ret(unix.SECCOMP_RET_KILL_PROCESS), // another machine's numbers
		load(offsetNumber),
		jump(unix.BPF_JGE, 0x4000_0000, 0, 1), // x32
		ret(none),
	}
	for _, nr := range deniedCalls {
		p = append(p, jump(unix.BPF_JEQ, uint32(nr), 0, 1), ret(deny))
	}
	if !clone3 {
		// Libraries then use clone, which can be looked into.
		p = append(p, jump(unix.BPF_JEQ, unix.SYS_CLONE3, 0, 1), ret(none))
	}
	if !namespaces {
		p = append(p, jump(unix.BPF_JEQ, unix.SYS_CLONE, 0, 4),
			load(offsetArg0), jump(unix.BPF_JSET, namespaceFlags, 0, 1), ret(deny), ret(allow))
	}
	p = append(p,
		// A tree that is not to die with wafer would ask for no signal.
		jump(unix.BPF_JEQ, unix.SYS_PRCTL, 0, 6),
		load(offsetArg0), jump(unix.BPF_JEQ, unix.PR_SET_PDEATHSIG, 0, 3),
		load(offsetArg1), jump(unix.BPF_JEQ, uint32(unix.SIGKILL), 1, 0), ret(deny), ret(allow),
		jump(unix.BPF_JEQ, unix.SYS_SOCKET, 0, uint8(len(allowedFamilies)*2+2)),
		load(offsetArg0))
	for _, f := range allowedFamilies {
		p = append(p, jump(unix.BPF_JEQ, f, 0, 1), ret(allow))
	}
	return append(p, ret(deny), ret(allow))
}

// seccomp filters the system calls of the calling thread and what it starts. It
// must not gain privileges any more.
func seccomp(clone3, namespaces bool) error {
	filter := seccompProgram(clone3, namespaces)
	program := unix.SockFprog{Len: uint16(len(filter)), Filter: &filter[0]}
	if _, _, errno := unix.RawSyscall(unix.SYS_SECCOMP, unix.SECCOMP_SET_MODE_FILTER, 0, uintptr(unsafe.Pointer(&program))); errno != 0 {
		return fmt.Errorf("filtering system calls: %w", errno)
	}
	return nil
}

func seccompSupport() error {
	action := uint32(unix.SECCOMP_RET_KILL_PROCESS)
	if _, _, errno := unix.RawSyscall(unix.SYS_SECCOMP, unix.SECCOMP_GET_ACTION_AVAIL, 0, uintptr(unsafe.Pointer(&action))); errno != 0 {
		return fmt.Errorf("filtering system calls: %w", errno)
	}
	return nil
}
