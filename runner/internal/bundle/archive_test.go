package bundle

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func zipOf(t testing.TB, texts ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for i, text := range texts {
		w, err := z.Create(fmt.Sprintf("dir/%d", i))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestLimits holds a package to its limits, each with what was found.
func TestLimits(t *testing.T) {
	text := strings.Repeat("0", 1000)
	cases := map[string]struct {
		zip    []byte
		limits limits
		want   string
	}{
		"entries":  {zipOf(t, "a", "b", "c"), limits{1 << 20, 2}, "3 entries, the limit is 2"},
		"packed":   {zipOf(t, "a"), limits{100, 10}, "bytes, the limit is 100"},
		"unpacked": {zipOf(t, text, text), limits{1500, 10}, `entry "dir/1": the package unpacks to more than the limit of 1500 bytes: 1000 here, 1000 in the entries before`},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "code.zip")
			if err := os.WriteFile(file, c.zip, 0o600); err != nil {
				t.Fatal(err)
			}
			_, err := open(file, t.TempDir(), c.limits)
			if err == nil || !strings.HasSuffix(err.Error(), c.want) {
				t.Errorf("error %v, want %s", err, c.want)
			}
		})
	}
}

// TestBomb has an entry that unpacks to more than it says.
func TestBomb(t *testing.T) {
	var packed bytes.Buffer
	w, err := flate.NewWriter(&packed, 9)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.CopyN(w, zeros{}, 64<<20); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	raw, err := z.CreateRaw(&zip.FileHeader{Name: "bomb", Method: zip.Deflate, CompressedSize64: uint64(packed.Len()), UncompressedSize64: 10})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := raw.Write(packed.Bytes()); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	file, cache := filepath.Join(t.TempDir(), "code.zip"), t.TempDir()
	if err := os.WriteFile(file, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(file, cache); err == nil || !strings.Contains(err.Error(), `entry "bomb": unpacking it: `) {
		t.Errorf("error %v", err)
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

// FuzzZip unpacks whatever passes the checks, and looks at what came out.
func FuzzZip(f *testing.F) {
	f.Add(zipOf(f, "text"))
	f.Add(zipOf(f, "a", strings.Repeat("b", 100)))
	for _, h := range []zip.FileHeader{{Name: "../x"}, {Name: "link"}, {Name: "dir/"}, {Name: "/x"}, {Name: "a/b"}} {
		var b bytes.Buffer
		z := zip.NewWriter(&b)
		if h.Name == "link" {
			h.SetMode(fs.ModeSymlink | 0o777)
		}
		if w, err := z.CreateHeader(&h); err == nil && h.Name != "dir/" {
			_, _ = w.Write([]byte("../../etc"))
		}
		if err := z.Close(); err != nil {
			f.Fatal(err)
		}
		f.Add(b.Bytes())
		// With a slash less, links are fine.
		f.Add(bytes.ReplaceAll(b.Bytes(), []byte("../../etc"), []byte("x/./y/etc")))
	}
	limits := limits{1 << 16, 20}
	f.Fuzz(func(t *testing.T, b []byte) {
		r, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
		if err != nil {
			return
		}
		a, err := readArchive("fuzz", r, limits)
		if err != nil {
			return
		}
		outer := t.TempDir()
		dir := filepath.Join(outer, "in")
		if err := os.Mkdir(dir, 0o755); err != nil {
			t.Fatal(err)
		}
		root, err := os.OpenRoot(dir)
		if err != nil {
			t.Fatal(err)
		}
		_ = a.unpack(root) // an error is fine, escaping is not
		_ = root.Close()
		if entries, err := os.ReadDir(outer); err != nil || len(entries) != 1 {
			t.Errorf("beside the directory: %v, %v", entries, err)
		}
		var size int64
		err = filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			info, err := e.Info()
			if err != nil {
				return err
			}
			switch info.Mode().Type() {
			case 0:
				size += info.Size()
			case fs.ModeDir:
			case fs.ModeSymlink:
				if real, err := filepath.EvalSymlinks(path); err == nil && real != dir && !strings.HasPrefix(real, dir+"/") {
					t.Errorf("%s leads to %s", path, real)
				}
			default:
				t.Errorf("%s is a %s", path, info.Mode())
			}
			return nil
		})
		if err != nil {
			t.Error(err)
		}
		if size > limits.size {
			t.Errorf("%d bytes, the limit is %d", size, limits.size)
		}
	})
}
