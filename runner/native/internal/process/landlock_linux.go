package process

import (
	"errors"
	"fmt"
	"slices"
	"unsafe"

	"golang.org/x/sys/unix"
)

// What a Landlock rule may allow for files; directories may be allowed more.
const (
	landlockFile = unix.LANDLOCK_ACCESS_FS_EXECUTE | unix.LANDLOCK_ACCESS_FS_WRITE_FILE | unix.LANDLOCK_ACCESS_FS_READ_FILE |
		unix.LANDLOCK_ACCESS_FS_TRUNCATE | unix.LANDLOCK_ACCESS_FS_IOCTL_DEV
	landlockRead  = unix.LANDLOCK_ACCESS_FS_EXECUTE | unix.LANDLOCK_ACCESS_FS_READ_FILE | unix.LANDLOCK_ACCESS_FS_READ_DIR
	landlockNodes = unix.LANDLOCK_ACCESS_FS_MAKE_CHAR | unix.LANDLOCK_ACCESS_FS_MAKE_BLOCK
)

// handledFS returns the kinds of access to files that a version of the ABI
// knows; all of them are refused where no rule allows them.
func handledFS(abi int) uint64 {
	switch {
	case abi >= 9:
		return 1<<17 - 1
	case abi >= 5:
		return 1<<16 - 1
	case abi >= 3:
		return 1<<15 - 1
	case abi == 2:
		return 1<<14 - 1
	default:
		return 1<<13 - 1
	}
}

// ruleset is what Landlock is to allow.
type ruleset struct {
	read    []string // files and directories to read and execute
	write   []string // directories to do anything in
	devices []string // files to read and write
	// With connect set, TCP connections go to these ports only; without, anywhere.
	connect []uint16
	network bool // whether connect holds
	signals bool // whether to keep signals within the tree
}

// landlockABI returns the version of the kernel's ABI.
func landlockABI() (int, error) {
	v, err := landlockCreate(nil, unix.LANDLOCK_CREATE_RULESET_VERSION)
	switch {
	case errors.Is(err, unix.EOPNOTSUPP):
		return 0, errors.New("switched off when the kernel booted")
	case errors.Is(err, unix.ENOSYS):
		return 0, errors.New("needs Linux 5.13")
	}
	return v, err
}

// landlockCreate is the system call landlock_create_ruleset.
func landlockCreate(attr *unix.LandlockRulesetAttr, flags uintptr) (int, error) {
	size := unsafe.Sizeof(*attr)
	if attr == nil {
		size = 0
	}
	r, _, errno := unix.Syscall(unix.SYS_LANDLOCK_CREATE_RULESET, uintptr(unsafe.Pointer(attr)), size, flags)
	if errno != 0 {
		return 0, errno
	}
	return int(r), nil
}

// landlockAdd is the system call landlock_add_rule.
func landlockAdd(ruleset int, kind uintptr, rule unsafe.Pointer) error {
	if _, _, errno := unix.Syscall6(unix.SYS_LANDLOCK_ADD_RULE, uintptr(ruleset), kind, uintptr(rule), 0, 0, 0); errno != 0 {
		return errno
	}
	return nil
}

// landlockNetPort is struct landlock_net_port_attr, with its kind of rule.
type landlockNetPort struct{ access, port uint64 }

const landlockRuleNetPort = 2

// restrict holds the calling thread, and what it starts, to the rules. It must
// not gain privileges any more.
func (r *ruleset) restrict(abi int) error {
	attr := unix.LandlockRulesetAttr{Handled_access_fs: handledFS(abi)}
	if r.network && abi >= 4 {
		attr.Handled_access_net = unix.LANDLOCK_ACCESS_NET_CONNECT_TCP
	}
	if abi >= 6 {
		attr.Scoped = unix.LANDLOCK_SCOPE_ABSTRACT_UNIX_SOCKET
		if r.signals {
			attr.Scoped |= unix.LANDLOCK_SCOPE_SIGNAL
		}
	}
	fd, err := landlockCreate(&attr, 0)
	if err != nil {
		return fmt.Errorf("making a Landlock ruleset: %w", err)
	}
	defer unix.Close(fd)
	for _, p := range r.read {
		if err := allow(fd, p, landlockRead&attr.Handled_access_fs); err != nil {
			return err
		}
	}
	for _, p := range r.write {
		if err := allow(fd, p, attr.Handled_access_fs&^landlockNodes); err != nil {
			return err
		}
	}
	for _, p := range r.devices {
		const access = unix.LANDLOCK_ACCESS_FS_READ_FILE | unix.LANDLOCK_ACCESS_FS_WRITE_FILE | unix.LANDLOCK_ACCESS_FS_TRUNCATE | unix.LANDLOCK_ACCESS_FS_IOCTL_DEV
		if err := allow(fd, p, access&attr.Handled_access_fs); err != nil {
			return err
		}
	}
	if attr.Handled_access_net != 0 {
		for _, port := range r.connect {
			rule := landlockNetPort{unix.LANDLOCK_ACCESS_NET_CONNECT_TCP, uint64(port)}
			if err := landlockAdd(fd, landlockRuleNetPort, unsafe.Pointer(&rule)); err != nil {
				return fmt.Errorf("allowing connections to port %d: %w", port, err)
			}
		}
	}
	if _, _, errno := unix.Syscall(unix.SYS_LANDLOCK_RESTRICT_SELF, uintptr(fd), 0, 0); errno != 0 {
		return fmt.Errorf("restricting by Landlock: %w", errno)
	}
	return nil
}

// allow adds a rule for what is at path, if anything is.
func allow(ruleset int, path string, access uint64) error {
	fd, err := unix.Open(path, unix.O_PATH|unix.O_CLOEXEC, 0)
	if slices.Contains([]error{unix.ENOENT, unix.EACCES, unix.ENOTDIR}, err) {
		return nil // what is out of reach needs no rule
	}
	if err != nil {
		return fmt.Errorf("allowing %s: %w", path, err)
	}
	defer unix.Close(fd)
	var st unix.Stat_t
	if err := unix.Fstat(fd, &st); err != nil {
		return fmt.Errorf("allowing %s: %w", path, err)
	}
	if st.Mode&unix.S_IFMT != unix.S_IFDIR {
		access &= landlockFile
	}
	rule := unix.LandlockPathBeneathAttr{Allowed_access: access, Parent_fd: int32(fd)}
	if err := landlockAdd(ruleset, unix.LANDLOCK_RULE_PATH_BENEATH, unsafe.Pointer(&rule)); err != nil {
		return fmt.Errorf("allowing %s: %w", path, err)
	}
	return nil
}

// landlockSignals tells whether keeping signals within the tree is safe for
// wafer's own thread: before that was mended, threads of one process could not
// signal each other across the border, which Go's scheduler does all the time.
func landlockSignals() bool {
	errata, err := landlockCreate(nil, unix.LANDLOCK_CREATE_RULESET_ERRATA)
	return err == nil && errata&(1<<1) != 0
}
