package process

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// tree is the file tree of one process: a small file system in memory with the
// machine's programs and libraries, the code directory and what else may be read,
// all of it mounted read-only at its usual place, and a /tmp of its own.
//
// It is put together on the thread that starts the process. See RATIONALE.md,
// "Why does a native process start on a thread of its own?".
type tree struct {
	root   int     // of the new file system, unmounted at first
	temp   int     // of the file system for /tmp
	clones []clone // what to mount where
}

type clone struct {
	fd     int
	target string
}

// tempSize is how much a process can put into /tmp, in bytes: what FC gives a
// function without charge. It counts as memory, too.
const tempSize = 512 << 20

// procParent is where /proc leads to, one level up. Landlock takes a mount point
// for what it hides, and /proc is mounted when the rules are made already; they
// can name the directory above it.
const procParent = "/.wafer"

// newTree prepares what needs to see the host's files. With hostProc set, /proc
// is the host's.
func newTree(spec *Spec, code string, hostProc bool) (t *tree, err error) {
	t = &tree{root: -1, temp: -1}
	defer func() {
		if err != nil {
			t.close()
		}
	}()
	if t.root, err = mountDetached("tmpfs", "mode", "0755", "size", "1m"); err != nil {
		return nil, err
	}
	if t.temp, err = mountDetached("tmpfs", "mode", "1777", "size", strconv.Itoa(tempSize)); err != nil {
		return nil, err
	}
	for _, d := range systemDirs {
		link, err := os.Readlink(d)
		switch {
		case err == nil:
			if err := unix.Symlinkat(link, t.root, strings.TrimPrefix(d, "/")); err != nil {
				return nil, fmt.Errorf("linking %s: %w", d, err)
			}
		case exists(d):
			if err := t.clone(d, d); err != nil {
				return nil, err
			}
		}
	}
	for _, p := range append([]string{"/etc", code}, spec.ReadOnly...) {
		if err := t.clone(p, p); err != nil && !errors.Is(err, unix.ENOENT) {
			return nil, err
		}
	}
	if p := resolverFile(); p != "" {
		if err := t.clone(p, p); err != nil {
			return nil, err
		}
	}
	if hostProc {
		if err := t.clone("/proc", procParent+"/proc"); err != nil {
			return nil, err
		}
	}
	return t, t.populate(code)
}

// populate makes what is the tree's own.
func (t *tree) populate(code string) error {
	for _, d := range []string{"dev", "tmp", procParent[1:], procParent[1:] + "/proc"} {
		if err := t.mkdir(d); err != nil {
			return err
		}
	}
	for _, d := range devices {
		err := unix.Mknodat(t.root, "dev/"+d.name, unix.S_IFCHR|0o666, int(unix.Mkdev(1, d.minor)))
		if err == nil {
			err = unix.Fchmodat(t.root, "dev/"+d.name, 0o666, 0) // whatever the umask is
		}
		if err != nil {
			return fmt.Errorf("making /dev/%s: %w", d.name, err)
		}
	}
	for target, name := range map[string]string{
		"/proc/self/fd": "dev/fd", "/proc/self/fd/0": "dev/stdin", "/proc/self/fd/1": "dev/stdout", "/proc/self/fd/2": "dev/stderr",
		"/tmp": "dev/shm", procParent + "/proc": "proc",
	} {
		if err := unix.Symlinkat(target, t.root, name); err != nil {
			return fmt.Errorf("linking /%s: %w", name, err)
		}
	}
	if code != CodeDir {
		// Where FC has the code. Programs of old have that path built in.
		if err := unix.Symlinkat(code, t.root, strings.TrimPrefix(CodeDir, "/")); err != nil {
			return fmt.Errorf("linking %s: %w", CodeDir, err)
		}
	}
	return nil
}

// clone takes a copy of the mounts at and below a path, read-only.
func (t *tree) clone(path, target string) error {
	fd, err := unix.OpenTree(unix.AT_FDCWD, path, unix.OPEN_TREE_CLONE|unix.OPEN_TREE_CLOEXEC|unix.AT_RECURSIVE)
	if err != nil {
		return fmt.Errorf("opening %s: %w", path, err)
	}
	t.clones = append(t.clones, clone{fd, target})
	return readOnly(fd, unix.AT_RECURSIVE)
}

func readOnly(fd int, flags uint) error {
	attr := unix.MountAttr{Attr_set: unix.MOUNT_ATTR_RDONLY | unix.MOUNT_ATTR_NOSUID}
	if err := unix.MountSetattr(fd, "", unix.AT_EMPTY_PATH|flags, &attr); err != nil {
		return fmt.Errorf("making a mount read-only: %w", err)
	}
	return nil
}

// enter makes the tree all that the calling thread sees. The empty mount
// namespace is where it starts from: copying that is cheap, and nothing of the
// host need be unmounted, which takes the kernel milliseconds.
func (t *tree) enter(empty *os.File) error {
	if err := unix.Unshare(unix.CLONE_FS); err != nil {
		return fmt.Errorf("leaving the shared working directory: %w", err)
	}
	if err := unix.Setns(int(empty.Fd()), unix.CLONE_NEWNS); err != nil {
		return fmt.Errorf("entering the empty mount namespace: %w", err)
	}
	if err := unix.Unshare(unix.CLONE_NEWNS); err != nil {
		return fmt.Errorf("making a mount namespace: %w", err)
	}
	if err := attach(t.root, unix.AT_FDCWD, "/"); err != nil {
		return err
	}
	if err := attach(t.temp, t.root, "tmp"); err != nil {
		return err
	}
	for _, c := range t.clones {
		if err := t.attachClone(c); err != nil {
			return err
		}
	}
	if err := readOnly(t.root, 0); err != nil {
		return err
	}
	if err := unix.Fchdir(t.root); err != nil {
		return fmt.Errorf("entering the file tree: %w", err)
	}
	// With the empty root outside of it, a changed root is as good as a pivoted
	// one, and the kernel makes no user namespaces for those who have one.
	if err := unix.Chroot("."); err != nil {
		return fmt.Errorf("entering the file tree: %w", err)
	}
	return nil
}

// attachClone mounts a clone at its place, which may lie in what is mounted
// already: in /tmp, or in /usr, where it exists.
func (t *tree) attachClone(c clone) error {
	var st unix.Stat_t
	if err := unix.Fstat(c.fd, &st); err != nil {
		return fmt.Errorf("looking at %s: %w", c.target, err)
	}
	rel := strings.TrimPrefix(filepath.Clean(c.target), "/")
	for i, r := range rel {
		if r == '/' {
			if err := t.mkdir(rel[:i]); err != nil {
				return err
			}
		}
	}
	if st.Mode&unix.S_IFMT == unix.S_IFDIR {
		if err := t.mkdir(rel); err != nil {
			return err
		}
	} else if fd, err := unix.Openat(t.root, rel, unix.O_CREAT|unix.O_EXCL|unix.O_RDONLY|unix.O_CLOEXEC, 0o444); err == nil {
		_ = unix.Close(fd)
	} else if !errors.Is(err, unix.EEXIST) && !errors.Is(err, unix.EROFS) {
		return fmt.Errorf("making a place for %s: %w", c.target, err)
	}
	return attach(c.fd, t.root, rel)
}

func (t *tree) mkdir(rel string) error {
	err := unix.Mkdirat(t.root, rel, 0o755)
	if err == nil {
		err = unix.Fchmodat(t.root, rel, 0o755, 0)
	}
	if err != nil && !errors.Is(err, unix.EEXIST) && !errors.Is(err, unix.EROFS) {
		return fmt.Errorf("making a place for /%s: %w", rel, err)
	}
	return nil
}

func attach(fd, dir int, path string) error {
	if err := unix.MoveMount(fd, "", dir, path, unix.MOVE_MOUNT_F_EMPTY_PATH); err != nil {
		return fmt.Errorf("mounting /%s: %w", strings.TrimPrefix(path, "/"), err)
	}
	return nil
}

// close gives back the descriptors; what is mounted stays.
func (t *tree) close() {
	for _, c := range t.clones {
		_ = unix.Close(c.fd)
	}
	for _, fd := range []int{t.root, t.temp} {
		if fd >= 0 {
			_ = unix.Close(fd)
		}
	}
}

// mountDetached makes a file system that nobody sees yet.
func mountDetached(fs string, options ...string) (int, error) {
	fd, err := unix.Fsopen(fs, unix.FSOPEN_CLOEXEC)
	if err != nil {
		return -1, fmt.Errorf("opening a %s: %w", fs, err)
	}
	defer unix.Close(fd)
	for i := 0; i < len(options); i += 2 {
		if err := unix.FsconfigSetString(fd, options[i], options[i+1]); err != nil {
			return -1, fmt.Errorf("configuring a %s: %s: %w", fs, options[i], err)
		}
	}
	return mountConfigured(fd, fs)
}

func mountConfigured(fd int, fs string) (int, error) {
	if err := unix.FsconfigCreate(fd); err != nil {
		return -1, fmt.Errorf("making a %s: %w", fs, err)
	}
	m, err := unix.Fsmount(fd, unix.FSMOUNT_CLOEXEC, unix.MOUNT_ATTR_NOSUID)
	if err != nil {
		return -1, fmt.Errorf("making a %s: %w", fs, err)
	}
	return m, nil
}
