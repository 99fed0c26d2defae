package sdkbuild

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/wafer-run/wafer/runner/internal/stamp"
	"github.com/wafer-run/wafer/runner/internal/wasm"
)

// finish stamps the compiled function and puts it where the user wants it.
func (j *job) finish(compiled string, found finding, reseed bool) (*Result, error) {
	binary, err := os.ReadFile(compiled)
	if err != nil {
		return nil, fmt.Errorf("sdkbuild: reading the compiled function: %w", err)
	}
	result := &Result{
		Target:    j.platform.String(),
		GoVersion: j.tool.GOVERSION,
		SDK:       found.sdk,
		Reseed:    reseed,
		Warnings:  j.warnings,
	}
	mark := stamp.Stamp{Wafer: j.Version, Go: j.tool.GOVERSION, SDK: found.sdk, Reseed: reseed, Server: found.server}
	mode := fs.FileMode(0o644)
	if j.platform.native() {
		mode = 0o755
		if stamped, err := stamp.AppendELF(binary, mark); err == nil {
			binary = stamped
		} else if !errors.Is(err, stamp.ErrNotELF) { // then Go's own build information has to do
			return nil, fmt.Errorf("sdkbuild: stamping the program: %w", err)
		}
	} else {
		module, err := wasm.Parse(binary)
		if err != nil {
			return nil, fmt.Errorf("sdkbuild: reading the compiled module: %w", err)
		}
		if len(module.Memories) > 0 {
			result.MemoryPages = module.Memories[0].Min
		}
		binary = stamp.Append(binary, mark)
	}
	result.Size = int64(len(binary))
	result.Output = j.output(filepath.Base(found.dir) + j.platform.suffix())
	if err := replaceFile(result.Output, binary, mode); err != nil {
		return nil, err
	}
	return result, nil
}

// output returns where to write a file that is called name unless the user has
// a better idea.
func (j *job) output(name string) string {
	output := j.Output
	if output == "" {
		output = name
	}
	if !filepath.IsAbs(output) {
		output = filepath.Join(j.Dir, output)
	}
	if info, err := os.Stat(output); err == nil && info.IsDir() {
		output = filepath.Join(output, name)
	}
	return output
}

// replaceFile writes the file as a whole: whoever reads it meanwhile sees the
// old one or the new one.
func replaceFile(output string, data []byte, mode fs.FileMode) error {
	file, err := os.CreateTemp(filepath.Dir(output), "."+filepath.Base(output)+".*")
	if err != nil {
		return fmt.Errorf("sdkbuild: writing %s: %w", output, err)
	}
	_, err = file.Write(data)
	if closed := file.Close(); err == nil {
		err = closed
	}
	if err == nil {
		err = os.Chmod(file.Name(), mode)
	}
	if err == nil {
		err = os.Rename(file.Name(), output)
	}
	if err != nil {
		_ = os.Remove(file.Name())
		return fmt.Errorf("sdkbuild: writing %s: %w", output, err)
	}
	return nil
}
