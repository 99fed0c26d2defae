package sdkbuild

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/wafer-run/wafer/runner/internal/stamp"
	"github.com/wafer-run/wafer/runner/internal/wasm"
)

// finish stamps the compiled module and puts it where the user wants it.
func (j *job) finish(compiled string, found finding, reseed bool) (*Result, error) {
	binary, err := os.ReadFile(compiled)
	if err != nil {
		return nil, fmt.Errorf("sdkbuild: reading the compiled module: %w", err)
	}
	module, err := wasm.Parse(binary)
	if err != nil {
		return nil, fmt.Errorf("sdkbuild: reading the compiled module: %w", err)
	}
	var pages uint32
	if len(module.Memories) > 0 {
		pages = module.Memories[0].Min
	}
	binary = stamp.Append(binary, stamp.Stamp{
		Wafer: j.Version, Go: j.tool.GOVERSION, SDK: found.sdk, Reseed: reseed,
	})
	name := filepath.Base(found.dir) + ".wasm"
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
	if err := replaceFile(output, binary); err != nil {
		return nil, err
	}
	return &Result{
		Output:      output,
		Size:        int64(len(binary)),
		MemoryPages: pages,
		GoVersion:   j.tool.GOVERSION,
		SDK:         found.sdk,
		Reseed:      reseed,
		Warnings:    j.warnings,
	}, nil
}

// replaceFile writes the file as a whole: whoever reads it meanwhile sees the
// old module or the new one.
func replaceFile(output string, data []byte) error {
	file, err := os.CreateTemp(filepath.Dir(output), "."+filepath.Base(output)+".*")
	if err != nil {
		return fmt.Errorf("sdkbuild: writing %s: %w", output, err)
	}
	_, err = file.Write(data)
	if closed := file.Close(); err == nil {
		err = closed
	}
	if err == nil {
		err = os.Chmod(file.Name(), 0o644)
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
