//go:build linux && !wafer_portable

package code

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// mappingsPerModule is how many mappings resident code takes: the code, and
// its entry points.
const mappingsPerModule = 2

// mostMappings returns how many mappings code may use. The rest is for
// instances, of which each needs some as well.
func mostMappings() int {
	most := 65530 // Linux's default
	if b, err := os.ReadFile("/proc/sys/vm/max_map_count"); err == nil {
		if n, err := strconv.Atoi(strings.TrimSpace(string(b))); err == nil {
			most = n
		}
	}
	return most / 4
}

// view returns a stretch of a file for reading, and what gives it back. The
// offset must be a multiple of pageAlign. The file may be closed and removed
// while it is viewed.
func view(f *os.File, offset, length int64) ([]byte, func(), error) {
	if length == 0 {
		return nil, func() {}, nil
	}
	b, err := mapFile(f, offset, length, unix.PROT_READ)
	if err != nil {
		return nil, nil, err
	}
	return b, func() { _ = unix.Munmap(b) }, nil
}

// prefault maps what is about to be read, if it is much and mapped from a file,
// in one system call: a page fault for every sixteen pages takes as long as
// reading them.
func prefault(b []byte) {
	if len(b) < prefaultSize {
		return
	}
	page := uintptr(os.Getpagesize())
	from := (address(b)+page-1)&^(page-1) - address(b)
	to := (address(b)+uintptr(len(b)))&^(page-1) - address(b)
	_ = unix.Madvise(b[from:to], unix.MADV_POPULATE_READ) // or it faults
}

// prefaultSize is what prefault thinks much, in bytes.
const prefaultSize = 256 << 10

// mapFile maps a stretch of a file. It is private so that nobody can change
// what has been mapped but by writing to the file, which nobody does.
func mapFile(f *os.File, offset, length int64, prot int) ([]byte, error) {
	b, err := unix.Mmap(int(f.Fd()), offset, int(length), prot, unix.MAP_PRIVATE)
	if err != nil {
		return nil, fmt.Errorf("mapping %d bytes: %w", length, err)
	}
	return b, nil
}

// mapper is mapFile, except in tests.
type mapper func(f *os.File, offset, length int64, prot int) ([]byte, error)

// code maps machine code from a file. On file systems that nothing may be
// executed from, it copies the code to private memory instead.
func (m mapper) code(f *os.File, offset, length int64) (code []byte, mode Mode, err error) {
	code, err = m(f, offset, length, unix.PROT_READ|unix.PROT_EXEC)
	if !errors.Is(err, unix.EPERM) && !errors.Is(err, unix.EACCES) {
		return code, Mapped, err
	}
	code, err = copyCode(io.NewSectionReader(f, offset, length), int(length))
	return code, Copied, err
}

func copyCode(r io.Reader, length int) ([]byte, error) {
	b, err := unix.Mmap(-1, 0, length, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_ANON|unix.MAP_PRIVATE)
	if err != nil {
		return nil, fmt.Errorf("allocating %d bytes for code: %w", length, err)
	}
	_, err = io.ReadFull(r, b)
	if err == nil {
		err = unix.Mprotect(b, unix.PROT_READ|unix.PROT_EXEC)
	}
	if err != nil {
		_ = unix.Munmap(b)
		return nil, fmt.Errorf("copying code: %w", err)
	}
	return b, nil
}
