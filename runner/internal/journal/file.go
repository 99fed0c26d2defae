package journal

import (
	"fmt"
	"io"
	"os"
	"path/filepath"

	"gopkg.in/natefinch/lumberjack.v2"
)

// Defaults of [File].
const (
	DefaultMaxSize  = 100 // MB
	DefaultMaxFiles = 10
)

// File is a file that entries are appended to. One that has grown is renamed to
// name-TIME.ext, in the same directory, and a new one begun.
type File struct {
	Path string
	// MaxSize is how large it may grow, in MB (1 << 20 bytes). Default
	// [DefaultMaxSize].
	MaxSize int
	// MaxFiles is how many renamed files are kept. Default [DefaultMaxFiles].
	MaxFiles int
}

// Open opens the file for [New].
func (f File) Open() (io.WriteCloser, error) {
	if f.MaxSize == 0 {
		f.MaxSize = DefaultMaxSize
	}
	if f.MaxFiles == 0 {
		f.MaxFiles = DefaultMaxFiles
	}
	if f.MaxSize < 0 || f.MaxFiles < 0 {
		return nil, fmt.Errorf("journal: file: the size is %d MB and the number of files %d, want at least 1 of each", f.MaxSize, f.MaxFiles)
	}
	// It would be made with the first entry; that it cannot be is said now.
	if err := os.MkdirAll(filepath.Dir(f.Path), 0o700); err != nil {
		return nil, fmt.Errorf("journal: opening: %w", err)
	}
	probe, err := os.OpenFile(f.Path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, fmt.Errorf("journal: opening: %w", err)
	}
	if err := probe.Close(); err != nil {
		return nil, fmt.Errorf("journal: opening: %w", err)
	}
	return &lumberjack.Logger{Filename: f.Path, MaxSize: f.MaxSize, MaxBackups: f.MaxFiles}, nil
}
