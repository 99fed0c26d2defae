package bundle

import (
	"archive/zip"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash/crc64"
	"io"
	"os"
	"path/filepath"
	"sync"
)

// Bundle is an open code package. Safe for concurrent use.
type Bundle struct {
	file     string // as it was named
	kind     Kind
	size     int64
	checksum uint64
	dir      string // with the files
	start    string // of a package that is one file: its name
	modes    bool   // the package says which files are programs

	close func() error
}

// Open opens a package. Zips and single programs are unpacked below cacheDir,
// which is made private if it is not there; directories are used as they are.
//
// # Errors
//
// *Error for a file that is no package, and for a zip that
//   - has entries with absolute paths, with .. or a backslash, or twice,
//   - has links that lead out of it, devices or other things than files,
//   - is, or unpacks to, more than [MaxSize] or [MaxEntries],
//   - is damaged, encrypted or compressed in other ways than deflate.
func Open(file, cacheDir string) (*Bundle, error) {
	return open(file, cacheDir, limits{MaxSize, MaxEntries})
}

func open(file, cacheDir string, limits limits) (*Bundle, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, fmt.Errorf("bundle: %w", err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, fmt.Errorf("bundle: %w", err)
	}
	b := &Bundle{file: file, kind: Directory, modes: true, close: func() error { return nil }}
	if info.IsDir() {
		b.dir, err = filepath.Abs(file)
		return b, err
	}
	head := make([]byte, headSize)
	n, err := io.ReadFull(f, head)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("bundle: %w", err)
	}
	var text string
	b.size = info.Size()
	switch b.kind, text = KindOf(head[:n]); {
	case b.kind == Foreign:
		return nil, failf(file, "", "it is a program for %s, and this machine has %s", text, here)
	case b.kind == Other:
		return nil, failf(file, "", "neither a zip, nor a WebAssembly module, nor a program for Linux")
	case b.size > limits.size:
		return nil, failf(file, "", "%d bytes, the limit is %d", b.size, limits.size)
	}
	return b, b.read(f, cacheDir, limits)
}

// read checks and unpacks what is in a file.
func (b *Bundle) read(f *os.File, cacheDir string, limits limits) error {
	digest, sum := sha256.New(), crc64.New(crc64.MakeTable(crc64.ECMA))
	whole := io.NewSectionReader(f, 0, b.size)
	if n, err := io.Copy(io.MultiWriter(digest, sum), whole); err != nil || n != b.size {
		return failf(b.file, "", "reading it: %d bytes of %d, %v", n, b.size, err)
	}
	b.checksum = sum.Sum64()
	name := filepath.Base(b.file)
	unpack := func(root *os.Root) error { return copyTo(root, name, io.NewSectionReader(f, 0, b.size)) }
	if b.kind == Zip {
		d := &directory{f: f, left: limits.directory()}
		r, err := zip.NewReader(d, b.size)
		if d.over {
			return failf(b.file, "", "its list of entries has over %d bytes, enough for the limit of %d entries", limits.directory(), limits.entries)
		}
		d.read = true
		if err != nil {
			return failf(b.file, "", "not a zip that can be read: %v", err)
		}
		a, err := readArchive(b.file, r, limits)
		if err != nil {
			return err
		}
		b.modes, unpack = a.modes, a.unpack
	} else {
		b.start = name
		digest.Write([]byte("\x00" + name)) // another name is another directory
	}
	var err error
	b.dir, b.close, err = cached(cacheDir, hex.EncodeToString(digest.Sum(nil)), unpack)
	return err
}

// Name is what the package is called: its path as it was opened, absolute for a
// directory, as "." is no name.
func (b *Bundle) Name() string {
	if b.kind == Directory {
		return b.dir
	}
	return b.file
}

// Kind is Zip, Directory, Program or Module.
func (b *Bundle) Kind() Kind { return b.kind }

// Dir is where the package's files are, until Close. It is not to be written to.
func (b *Bundle) Dir() string { return b.dir }

// Size is the package's own size in bytes, 0 for a directory.
func (b *Bundle) Size() int64 { return b.size }

// Checksum is the CRC-64 of the package, which FC shows as a decimal number: of
// the zip, or of what [Pack] would make of a directory, program or module. Which
// polynomial FC uses is not documented; OSS, where it has packages from, uses
// that of ECMA-182, and so does this.
func (b *Bundle) Checksum() (uint64, error) {
	if b.kind == Zip {
		return b.checksum, nil
	}
	sum := crc64.New(crc64.MakeTable(crc64.ECMA))
	if err := Pack(sum, b.file); err != nil {
		return 0, err
	}
	return sum.Sum64(), nil
}

// Close gives the package's files back. Closing twice does nothing.
func (b *Bundle) Close() error { return b.close() }

// once makes a function that does its work the first time only.
func once(f func() error) func() error { return sync.OnceValue(f) }
