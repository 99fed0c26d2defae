package bundle_test

import (
	"archive/zip"
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/wafer-run/wafer/runner/internal/bundle"
)

// zippedPlainly makes a zip without modes.
func zippedPlainly(t testing.TB, name, text string) string {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	w, err := z.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return save(t, "plain.zip", b.String())
}

// tree makes a directory to pack.
func tree(t testing.TB) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{"b/data": "data", "a": own(), "b.txt": "text", "run": "#!/bin/sh\n"} {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(filepath.Join(dir, "empty"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("data", filepath.Join(dir, "b", "link")); err != nil {
		t.Fatal(err)
	}
	return dir
}

// TestPack packs a directory, and the same one made later.
func TestPack(t *testing.T) {
	dir, again := tree(t), tree(t)
	for _, name := range []string{"a", "b/data", "b"} {
		if err := os.Chtimes(filepath.Join(again, name), time.Unix(0, 0), time.Unix(0, 0)); err != nil {
			t.Fatal(err)
		}
	}
	var first, second bytes.Buffer
	if err := bundle.Pack(&first, dir); err != nil {
		t.Fatal(err)
	}
	if err := bundle.Pack(&second, again); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(first.Bytes(), second.Bytes()) {
		t.Error("two packages of the same content differ")
	}
	b := open(t, save(t, "code.zip", first.String()), t.TempDir())
	want := map[string]string{
		"a": "-rwxr-xr-x " + own(), "b": "drwxr-xr-x", "b/data": "-rw-r--r-- data", "b/link": "-> data",
		"b.txt": "-rw-r--r-- text", "empty": "drwxr-xr-x", "run": "-rwxr-xr-x #!/bin/sh\n",
	}
	if diff := cmp.Diff(want, list(t, b.Dir())); diff != "" {
		t.Errorf("packed and unpacked (-want +got):\n%s", diff)
	}
	ofZip, err := b.Checksum()
	if err != nil {
		t.Fatal(err)
	}
	if ofDir, err := open(t, dir, t.TempDir()).Checksum(); err != nil || ofDir != ofZip {
		t.Errorf("checksum of the directory %d, %v, of its zip %d", ofDir, err, ofZip)
	}
}

// TestPackFile packs into the directory that is packed, twice.
func TestPackFile(t *testing.T) {
	dir := tree(t)
	out := filepath.Join(dir, "code.zip")
	first, err := bundle.PackFile(out, dir)
	if err != nil {
		t.Fatal(err)
	}
	second, err := bundle.PackFile(out, dir)
	if err != nil || first != second {
		t.Errorf("then %+v, %v, first %+v", second, err, first)
	}
	if _, ok := list(t, open(t, out, t.TempDir()).Dir())["code.zip"]; ok {
		t.Error("the package is in itself")
	}
	if _, ok := list(t, dir)["code.zip"]; !ok || len(list(t, dir)) != 8 {
		t.Errorf("left: %v", list(t, dir))
	}
}

// TestPackErrors expects one clear error each.
func TestPackErrors(t *testing.T) {
	dir, out := t.TempDir(), t.TempDir()
	for name, link := range map[string]string{filepath.Join(out, "x"): "../../etc/passwd"} {
		if err := os.Symlink(link, name); err != nil {
			t.Fatal(err)
		}
	}
	file := save(t, "a", "text")
	cases := map[string]struct {
		paths []string
		want  string
	}{
		"nothing":  {[]string{dir}, "bundle: " + dir + ": there is nothing to pack"},
		"missing":  {[]string{filepath.Join(dir, "nope")}, "no such file or directory"},
		"twice":    {[]string{file, file}, `entry "a": ` + file + " has this name, too"},
		"link out": {[]string{out}, `it links to "../../etc/passwd", which is out of the package`},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			to := filepath.Join(t.TempDir(), "code.zip")
			_, err := bundle.PackFile(to, c.paths...)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want %s", err, c.want)
			}
			if left := list(t, filepath.Dir(to)); len(left) > 0 {
				t.Errorf("left: %v", left)
			}
		})
	}
}
