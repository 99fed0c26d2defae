package bundle

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"strings"
)

// modeOf returns the mode that a file gets: of its own, only whether it is a
// program is kept. All can be read by all, as functions may run as users of
// their own; the directory around them is private.
func modeOf(mode fs.FileMode) fs.FileMode {
	if mode&0o111 != 0 {
		return 0o755
	}
	return 0o644
}

// makeDirs makes a directory and those above it.
func makeDirs(root *os.Root, dir string) error {
	if dir == "." {
		return nil
	}
	for i := range len(dir) + 1 {
		if i < len(dir) && dir[i] != '/' {
			continue
		}
		if err := root.Mkdir(dir[:i], 0o755); err != nil {
			if errors.Is(err, fs.ErrExist) {
				continue
			}
			return err
		}
		if err := root.Chmod(dir[:i], 0o755); err != nil { // whatever the umask is
			return err
		}
	}
	return nil
}

func writeFile(root *os.Root, name string, r io.Reader, mode fs.FileMode) error {
	f, err := root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return err
	}
	_, err = io.Copy(f, r)
	return errors.Join(err, f.Chmod(mode), f.Close())
}

// copyTo writes the one file of a package that is one.
func copyTo(root *os.Root, name string, r io.Reader) error {
	return writeFile(root, name, r, 0o755)
}

// problemf makes the text of a problem an error.
func problemf(format string, args ...any) error { return fmt.Errorf(format, args...) }

// within tells whether a path stays in its directory, and cleans it.
func within(name string) (string, bool) {
	name = path.Clean(strings.TrimPrefix(name, codeDir))
	return name, name != "." && name != ".." && !path.IsAbs(name) && !strings.HasPrefix(name, "../")
}

// codeDir is where FC has the code. Commands written for FC name it.
const codeDir = "/code/"
