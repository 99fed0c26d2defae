package sdkbuild

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
)

//go:embed overlay/wafer_reseed_wasip1.go.txt
var reseedSource []byte

// reseedTag makes guest/internal/link call the function in reseedSource.
const reseedTag = "wafer_reseed"

// overlay collects files that exist for the go command only. The key is the
// path it sees, the value the file it reads, or "" for a file to hide.
type overlay map[string]string

// addReseed adds a file to package runtime.
func (o overlay) addReseed(goroot, tmp string) error {
	file := filepath.Join(tmp, "wafer_reseed_wasip1.go")
	if err := writeFile(file, reseedSource); err != nil {
		return err
	}
	o[filepath.Join(goroot, "src", "runtime", filepath.Base(file))] = file
	return nil
}

// write saves the overlay as a file for -overlay.
func (o overlay) write(file string) error {
	text, err := json.Marshal(struct{ Replace overlay }{o})
	if err != nil {
		return fmt.Errorf("sdkbuild: encoding the overlay: %w", err)
	}
	return writeFile(file, text)
}

// writeFile creates the file and the directories above it.
func writeFile(file string, data []byte) error {
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return fmt.Errorf("sdkbuild: preparing the build: %w", err)
	}
	if err := os.WriteFile(file, data, 0o600); err != nil {
		return fmt.Errorf("sdkbuild: preparing the build: %w", err)
	}
	return nil
}
