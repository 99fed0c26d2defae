package bundle_test

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc64"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/wafer-run/wafer/runner/internal/bundle"
)

const module = "\x00asm\x01\x00\x00\x00"

// elf is the beginning of a program for a machine.
func elf(machine uint16) string {
	b := append([]byte("\x7fELF\x02\x01\x01"), make([]byte, 57)...)
	binary.LittleEndian.PutUint16(b[18:], machine)
	return string(b)
}

// own is the beginning of a program for this machine.
func own() string {
	return elf(map[string]uint16{"amd64": 62, "arm64": 183, "386": 3, "arm": 40, "riscv64": 243, "loong64": 258}[runtime.GOARCH])
}

// file is an entry of a zip.
type file struct {
	name, text string
	mode       fs.FileMode
}

// zipped makes a zip the way programs do that care for nothing.
func zipped(t testing.TB, files ...file) string {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, f := range files {
		h := &zip.FileHeader{Name: f.name, Method: zip.Deflate}
		h.SetMode(f.mode)
		w, err := z.CreateHeader(h)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasSuffix(f.name, "/") {
			if _, err := w.Write([]byte(f.text)); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return save(t, "code.zip", b.String())
}

func save(t testing.TB, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func open(t testing.TB, path, cache string) *bundle.Bundle {
	t.Helper()
	b, err := bundle.Open(path, cache)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := b.Close(); err != nil {
			t.Error(err)
		}
	})
	return b
}

// list lists a directory with modes, links and contents.
func list(t testing.TB, dir string) map[string]string {
	t.Helper()
	all := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || path == dir {
			return err
		}
		info, err := e.Info()
		if err != nil {
			return err
		}
		text := info.Mode().String()
		switch info.Mode().Type() {
		case fs.ModeSymlink:
			link, _ := os.Readlink(path)
			text = "-> " + link
		case 0:
			b, _ := os.ReadFile(path)
			text += " " + string(b)
		}
		name, err := filepath.Rel(dir, path)
		all[filepath.ToSlash(name)] = text
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// TestZip unpacks everything that a package may have.
func TestZip(t *testing.T) {
	path := zipped(t,
		file{"bootstrap", "#!/bin/sh\n", 0o755 | fs.ModeSetuid},
		file{"lib/", "", fs.ModeDir | 0o700},
		file{"lib/a.so.1", "a", 0o600},
		file{"lib/a.so", "a.so.1", fs.ModeSymlink | 0o777},
		file{"bin/deep/up", "../../lib", fs.ModeSymlink | 0o777},
		file{"implied/b", "b", 0o666},
	)
	cache := t.TempDir()
	b := open(t, path, cache)
	want := map[string]string{
		"bootstrap": "-rwxr-xr-x #!/bin/sh\n",
		"lib":       "drwxr-xr-x", "lib/a.so.1": "-rw-r--r-- a", "lib/a.so": "-> a.so.1",
		"bin": "drwxr-xr-x", "bin/deep": "drwxr-xr-x", "bin/deep/up": "-> ../../lib",
		"implied": "drwxr-xr-x", "implied/b": "-rw-r--r-- b",
	}
	if diff := cmp.Diff(want, list(t, b.Dir())); diff != "" {
		t.Errorf("unpacked (-want +got):\n%s", diff)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	sum, err := b.Checksum()
	if want := crc64.Checksum(text, crc64.MakeTable(crc64.ECMA)); err != nil || sum != want || b.Size() != int64(len(text)) {
		t.Errorf("checksum %d, %v, want %d; size %d", sum, err, want, b.Size())
	}
	info, err := os.Stat(filepath.Dir(b.Dir()))
	if err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("the cache has mode %v, %v", info.Mode(), err)
	}
}

// TestBadZips expects one clear error each, and nothing left.
func TestBadZips(t *testing.T) {
	const link = fs.ModeSymlink | 0o777
	cases := map[string]struct {
		files []file
		want  string // after the file's name
	}{
		"empty":             {nil, "the zip is empty"},
		"absolute":          {[]file{{"/etc/passwd", "", 0o644}}, `entry "/etc/passwd": its path is absolute, want one within the package`},
		"out":               {[]file{{"a/../../b", "", 0o644}}, `entry "a/../../b": its path has .., want one within the package`},
		"backslash":         {[]file{{`a\b`, "", 0o644}}, `entry "a\\b": its name has a backslash: zips separate names by slashes, whatever the system`},
		"not UTF-8":         {[]file{{"a\xff", "", 0o644}}, `entry "a\xff": its name is not UTF-8`},
		"twice":             {[]file{{"a", "1", 0o644}, {"a", "2", 0o644}}, `entry "a": the package has this name twice`},
		"twice, unclean":    {[]file{{"a", "1", 0o644}, {"./a", "2", 0o644}}, `entry "./a": the package has this name twice`},
		"file as directory": {[]file{{"a", "", 0o644}, {"a/b", "", 0o644}}, `entry "a/b": lies below "a", which is no directory in this package`},
		"through a link":    {[]file{{"a/b", "", 0o644}, {"c/", "", fs.ModeDir | 0o755}, {"a", "c", link}}, `entry "a/b": lies below "a", which is no directory in this package`},
		"link out":          {[]file{{"a/b", "../../c", link}}, `entry "a/b": it links to "../../c", which is out of the package`},
		"absolute link":     {[]file{{"a", "/etc", link}}, `entry "a": it links to "/etc", which is out of the package`},
		"link by a link":    {[]file{{"d/e/f", "", 0o644}, {"d/e/up", "../..", link}, {"a", "d/e/up/../../etc", link}}, `entry "a": it links to "d/e/up/../../etc", which is out of the package or a circle`},
		"circle":            {[]file{{"a", "b", link}, {"b", "a", link}}, `entry "a": it links to "b", which is out of the package or a circle`},
		"device":            {[]file{{"a", "", fs.ModeDevice | 0o644}}, `entry "a": it is a device, want a file, directory or symbolic link`},
		"pipe":              {[]file{{"a", "", fs.ModeNamedPipe | 0o644}}, `entry "a": it is a named pipe, want a file, directory or symbolic link`},
		"directory by mode": {[]file{{"a", "", fs.ModeDir | 0o755}}, `entry "a": its name and its mode differ on whether it is a directory`},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			path, cache := zipped(t, c.files...), t.TempDir()
			b, err := bundle.Open(path, cache)
			if err == nil {
				t.Fatalf("it opens: %v", list(t, b.Dir()))
			}
			var typed *bundle.Error
			if got := "bundle: " + path + ": " + c.want; err.Error() != got || !errors.As(err, &typed) {
				t.Errorf("error\n%s\nwant\n%s", err, got)
			}
			left := list(t, cache)
			delete(left, "packages")
			if len(left) > 0 {
				t.Errorf("left: %v", left)
			}
		})
	}
}

// TestDamaged cuts and flips a zip at every place.
func TestDamaged(t *testing.T) {
	path := zipped(t, file{"a", strings.Repeat("text", 10), 0o644}, file{"b/c", "more", 0o755})
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	cache := t.TempDir()
	for i := range whole {
		for _, text := range [][]byte{whole[:i], append(append(bytes.Clone(whole[:i]), ^whole[i]), whole[i+1:]...)} {
			b, err := bundle.Open(save(t, "bad.zip", string(text)), cache)
			if err == nil {
				err = b.Close() // dates and such do not matter
			}
			if typed := (*bundle.Error)(nil); err != nil && !errors.As(err, &typed) {
				t.Errorf("at %d: %v", i, err)
			}
		}
	}
	if left := list(t, filepath.Join(cache, "packages")); len(left) > 0 {
		t.Errorf("left: %v", left)
	}
}

// TestShared has a package open three times.
func TestShared(t *testing.T) {
	path, cache := zipped(t, file{"a", "1", 0o644}), t.TempDir()
	a, b := open(t, path, cache), open(t, path, cache)
	if a.Dir() != b.Dir() {
		t.Errorf("unpacked to %s and %s", a.Dir(), b.Dir())
	}
	other := open(t, zipped(t, file{"a", "2", 0o644}), cache)
	if other.Dir() == a.Dir() {
		t.Error("another package has the same directory")
	}
	for i, c := range []*bundle.Bundle{a, a, b} {
		if _, err := os.Stat(b.Dir()); err != nil {
			t.Errorf("before close %d: %v", i, err)
		}
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	}
	if _, err := os.Stat(b.Dir()); err == nil {
		t.Error("the directory stays when nobody has the package open")
	}
	again := open(t, path, cache)
	if got := list(t, again.Dir()); got["a"] != "-rw-r--r-- 1" {
		t.Errorf("unpacked again: %v", got)
	}
}

// TestLeftovers removes what a process left that was killed.
func TestLeftovers(t *testing.T) {
	cache := t.TempDir()
	for _, name := range []string{"packages/aa/file", "packages/aa.lock", "packages/unpacking-1/file", "packages/unpacking-1.lock"} {
		path := filepath.Join(cache, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	b := open(t, zipped(t, file{"a", "1", 0o644}), cache)
	if err := b.Close(); err != nil {
		t.Error(err)
	}
	if left := list(t, filepath.Join(cache, "packages")); len(left) > 0 {
		t.Errorf("left: %v", left)
	}
}

// TestCacheOfOthers is refused: what lies there is executed.
func TestCacheOfOthers(t *testing.T) {
	cache := t.TempDir()
	dir := filepath.Join(cache, "packages")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	_, err := bundle.Open(zipped(t, file{"a", "", 0o644}), cache)
	if err == nil || !strings.Contains(err.Error(), "cannot be trusted: it has mode 0777") {
		t.Errorf("error %v", err)
	}
}
