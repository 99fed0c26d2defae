package bundle

import (
	"archive/zip"
	"errors"
	"io"
	"io/fs"
	"os"
	"path"
	"strings"
	"unicode/utf8"

	"github.com/klauspost/compress/flate"
)

// Limits of zips. FC's for code from OSS, which is its most generous way, and
// our own for the number of entries, twice what large Node packages have.
const (
	MaxSize    = 500 << 20 // bytes, packed as well as unpacked
	MaxEntries = 200_000
	maxName    = 1024 // bytes
	maxLink    = 4096 // bytes
)

type limits struct {
	size    int64
	entries int
}

// archive is a zip that has been checked.
type archive struct {
	file    string
	entries []entry
	modes   bool // entries carry the modes of Unix
}

// entry is a file, directory or link of a zip.
type entry struct {
	*zip.File
	name string // clean, relative, with slashes
	mode fs.FileMode
	link string
}

// readArchive checks everything about a zip that can be known before unpacking.
func readArchive(file string, r *zip.Reader, limits limits) (*archive, error) {
	if len(r.File) == 0 {
		return nil, failf(file, "", "the zip is empty")
	}
	if len(r.File) > limits.entries {
		return nil, failf(file, "", "%d entries, the limit is %d", len(r.File), limits.entries)
	}
	r.RegisterDecompressor(zip.Deflate, flate.NewReader)
	a := &archive{file: file}
	kinds := map[string]fs.FileMode{} // of all names, and the directories they imply
	left := limits.size
	for _, f := range r.File {
		e := entry{File: f, mode: f.Mode()}
		if problem := e.check(); problem != "" {
			return nil, failf(file, f.Name, "%s", problem)
		}
		if f.UncompressedSize64 > uint64(left) {
			return nil, failf(file, f.Name, "the package unpacks to more than the limit of %d bytes: %d here, %d in the entries before",
				limits.size, f.UncompressedSize64, limits.size-left)
		}
		left -= int64(f.UncompressedSize64)
		if e.name == "." {
			continue // some programs name the directory itself
		}
		if old, ok := kinds[e.name]; ok && (!e.mode.IsDir() || !old.IsDir()) {
			return nil, failf(file, f.Name, "the package has this name twice")
		}
		kinds[e.name] = e.mode.Type()
		if e.mode.Type() == fs.ModeSymlink {
			var err error
			if e.link, err = e.target(); err != nil {
				return nil, failf(file, f.Name, "%v", err)
			}
		}
		if f.CreatorVersion>>8 == 3 || f.CreatorVersion>>8 == 19 { // Unix, macOS
			a.modes = true
		}
		a.entries = append(a.entries, e)
	}
	return a, a.checkParents(kinds)
}

// checkParents refuses entries below what is no directory: such a file would
// land where a link leads to.
func (a *archive) checkParents(kinds map[string]fs.FileMode) error {
	for _, e := range a.entries {
		for d := path.Dir(e.name); d != "."; d = path.Dir(d) {
			if kind, ok := kinds[d]; ok && !kind.IsDir() {
				return failf(a.file, e.Name, "lies below %q, which is no directory in this package", d)
			}
		}
	}
	return nil
}

// check looks at one entry by itself, and names the problem if there is one.
func (e *entry) check() string {
	name := e.Name
	switch {
	case name == "":
		return "it has no name"
	case len(name) > maxName:
		return "its name is longer than 1024 bytes"
	case !utf8.ValidString(name):
		return "its name is not UTF-8"
	case strings.ContainsRune(name, 0):
		return "its name has a zero byte"
	case strings.ContainsRune(name, '\\'):
		return "its name has a backslash: zips separate names by slashes, whatever the system"
	case strings.HasPrefix(name, "/"):
		return "its path is absolute, want one within the package"
	case strings.Contains("/"+name+"/", "/../"):
		return "its path has .., want one within the package"
	case e.Flags&1 != 0:
		return "it is encrypted"
	case e.Method != zip.Store && e.Method != zip.Deflate:
		return "it is compressed by a method that is neither store nor deflate"
	}
	switch e.mode.Type() {
	case 0, fs.ModeDir, fs.ModeSymlink:
	default:
		return "it is a " + describe(e.mode) + ", want a file, directory or symbolic link"
	}
	if strings.HasSuffix(name, "/") != e.mode.IsDir() {
		return "its name and its mode differ on whether it is a directory"
	}
	e.name = path.Clean(name)
	return ""
}

func describe(m fs.FileMode) string {
	switch {
	case m&fs.ModeDevice != 0:
		return "device"
	case m&fs.ModeNamedPipe != 0:
		return "named pipe"
	case m&fs.ModeSocket != 0:
		return "socket"
	}
	return "special file"
}

// target reads where a symbolic link leads to, which must be in the package.
func (e *entry) target() (string, error) {
	r, err := e.Open()
	if err != nil {
		return "", err
	}
	defer r.Close()
	b, err := io.ReadAll(io.LimitReader(r, maxLink+1))
	if err != nil {
		return "", err
	}
	link := string(b)
	to := path.Join(path.Dir(e.name), link)
	switch {
	case len(link) > maxLink:
		return "", problemf("it links to a name of more than %d bytes", maxLink)
	case link == "" || strings.ContainsRune(link, 0):
		return "", problemf("it is a link to nowhere")
	case path.IsAbs(link), to == "..", strings.HasPrefix(to, "../"):
		return "", problemf("it links to %q, which is out of the package", link)
	}
	return link, nil
}

// unpack writes the entries. Links come last, so that nothing is written
// through one.
func (a *archive) unpack(root *os.Root) error {
	for _, e := range a.entries {
		if e.mode.Type() == fs.ModeSymlink {
			continue
		}
		if err := a.write(root, e); err != nil {
			return err
		}
	}
	for _, e := range a.entries {
		if e.mode.Type() != fs.ModeSymlink {
			continue
		}
		if err := makeDirs(root, path.Dir(e.name)); err != nil {
			return failf(a.file, e.Name, "unpacking it: %v", err)
		}
		if err := root.Symlink(e.link, e.name); err != nil {
			return failf(a.file, e.Name, "unpacking it: %v", err)
		}
	}
	return a.checkLinks(root)
}

// checkLinks follows every link, as one that leads through another may go
// elsewhere than its text says. Links to nothing are fine.
func (a *archive) checkLinks(root *os.Root) error {
	for _, e := range a.entries {
		if e.mode.Type() != fs.ModeSymlink {
			continue
		}
		if _, err := root.Stat(e.name); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return failf(a.file, e.Name, "it links to %q, which is out of the package or a circle", e.link)
		}
	}
	return nil
}

func (a *archive) write(root *os.Root, e entry) error {
	if e.mode.IsDir() {
		if err := makeDirs(root, e.name); err != nil {
			return failf(a.file, e.Name, "unpacking it: %v", err)
		}
		return nil
	}
	if err := makeDirs(root, path.Dir(e.name)); err != nil {
		return failf(a.file, e.Name, "unpacking it: %v", err)
	}
	r, err := e.Open()
	if err != nil {
		return failf(a.file, e.Name, "unpacking it: %v", err)
	}
	defer r.Close()
	// The reader fails when there is more than the size that was checked.
	if err := writeFile(root, e.name, r, modeOf(e.mode)); err != nil {
		return failf(a.file, e.Name, "unpacking it: %v", err)
	}
	return nil
}
