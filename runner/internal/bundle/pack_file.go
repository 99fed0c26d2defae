package bundle

import (
	"errors"
	"fmt"
	"hash/crc64"
	"io"
	"os"
	"path/filepath"
)

// Packed says what became of a package.
type Packed struct {
	Size     int64  // bytes
	Checksum uint64 // see [Bundle.Checksum]
}

// PackFile packs into a file, which is complete or not there. When it lies in
// what is packed, it is left out.
func PackFile(file string, paths ...string) (Packed, error) {
	temp, err := os.CreateTemp(filepath.Dir(file), ".wafer-pack-*")
	if err != nil {
		return Packed{}, fmt.Errorf("bundle: packing: %w", err)
	}
	defer os.Remove(temp.Name()) // when it is still there
	defer temp.Close()
	var own []os.FileInfo
	for _, f := range []string{file, temp.Name()} {
		if info, err := os.Stat(f); err == nil {
			own = append(own, info)
		}
	}
	skip := func(f string) bool {
		info, err := os.Lstat(f)
		for _, o := range own {
			if err == nil && os.SameFile(info, o) {
				return true
			}
		}
		return false
	}
	sum := crc64.New(crc64.MakeTable(crc64.ECMA))
	if err := pack(io.MultiWriter(temp, sum), skip, paths); err != nil {
		return Packed{}, err
	}
	info, err := temp.Stat()
	err = errors.Join(err, temp.Chmod(0o644), temp.Close())
	if err == nil {
		err = os.Rename(temp.Name(), file)
	}
	if err != nil {
		return Packed{}, fmt.Errorf("bundle: packing: %w", err)
	}
	return Packed{info.Size(), sum.Sum64()}, nil
}
