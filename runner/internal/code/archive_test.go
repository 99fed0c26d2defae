package code

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/wafer-run/wafer/runner/internal/rewrite"
)

func TestArchive(t *testing.T) {
	dir := t.TempDir()
	rapid.Check(t, func(t *rapid.T) {
		parts := rapid.SliceOfN(rapid.SliceOf(rapid.Byte()), 1, 4).Draw(t, "parts")
		id := Digest(KeyOf(rapid.SliceOf(rapid.Byte()).Draw(t, "id")))
		path := filepath.Join(dir, "archive")
		f, err := os.Create(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(writeArchive(f, "test", id, parts...), f.Close()); err != nil {
			t.Fatal(err)
		}
		a, err := openArchive(path, "test", id, len(parts))
		if err != nil {
			t.Fatal(err)
		}
		defer a.close()
		for i, want := range parts {
			got, err := a.read(i)
			if err != nil || !bytes.Equal(got, want) {
				t.Errorf("part %d: %x, %v, want %x", i, got, err, want)
			}
		}
		if at := a.parts[len(parts)-1].offset; at%pageAlign != 0 {
			t.Errorf("the last part begins at %d", at)
		}
		for name, open := range map[string]func() (*archive, error){
			"kind":  func() (*archive, error) { return openArchive(path, "tess", id, len(parts)) },
			"id":    func() (*archive, error) { return openArchive(path, "test", Digest{}, len(parts)) },
			"parts": func() (*archive, error) { return openArchive(path, "test", id, len(parts)+1) },
		} {
			var wrong *FileError
			if _, err := open(); !errors.As(err, &wrong) {
				t.Errorf("other %s: %v, want a FileError", name, err)
			}
		}
	})
}

// FuzzArchive parses heads. What is accepted must lie within the file.
func FuzzArchive(f *testing.F) {
	var b bytes.Buffer
	if err := writeArchive(&b, kindObject, [32]byte{}, []byte("offsets"), []byte("husk"), []byte("code")); err != nil {
		f.Fatal(err)
	}
	f.Add(b.Bytes(), int64(b.Len()))
	f.Add(b.Bytes()[:archiveHead], int64(b.Len()))
	f.Add([]byte(archiveMagic), int64(6))
	f.Fuzz(func(t *testing.T, b []byte, size int64) {
		if n := headSize(objectParts); len(b) >= n { // or nothing gets behind the checksum
			b = bytes.Clone(b)
			copy(b[n-4:], le32(sum(b[:n-4])))
		}
		list, err := parseHead(b, size, kindObject, [32]byte{}, objectParts)
		if err != nil {
			return
		}
		end := int64(0)
		for _, s := range list {
			if s.offset < end || s.length < 0 || s.offset+s.length > size {
				t.Errorf("%+v in %d bytes", list, size)
			}
			end = s.offset + s.length
		}
	})
}

func le32(v uint32) []byte { return []byte{byte(v), byte(v >> 8), byte(v >> 16), byte(v >> 24)} }

func TestSegments(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var want []rewrite.Segment
		for range rapid.IntRange(0, 5).Draw(t, "count") {
			want = append(want, rewrite.Segment{Offset: rapid.Uint32().Draw(t, "offset"), Data: rapid.SliceOf(rapid.Byte()).Draw(t, "data")})
		}
		s := packSegments(want)
		if err := s.check(); err != nil {
			t.Fatal(err)
		}
		var got []rewrite.Segment
		stop := errors.New("stop")
		if err := s.each(func(seg rewrite.Segment) error { got = append(got, seg); return nil }); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		if err := s.each(func(rewrite.Segment) error { return stop }); len(want) > 0 && !errors.Is(err, stop) {
			t.Errorf("stopping: %v", err)
		}
	})
}

// FuzzSegments walks through segments that pass the check.
func FuzzSegments(f *testing.F) {
	s := packSegments([]rewrite.Segment{{Offset: 8, Data: []byte("data")}, {Offset: 1 << 31}})
	f.Add(s.count, s.bytes)
	f.Add(1<<60, []byte("12345678"))
	f.Fuzz(func(t *testing.T, count int, b []byte) {
		s := segments{count, b}
		if s.check() != nil {
			return
		}
		total := 0
		if err := s.each(func(seg rewrite.Segment) error { total += len(seg.Data); return nil }); err != nil {
			t.Error(err)
		}
		if total != len(b)-segmentEntry*count {
			t.Errorf("%d bytes of data, want %d", total, len(b)-segmentEntry*count)
		}
	})
}
