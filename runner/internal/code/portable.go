//go:build !linux || wafer_portable

package code

import (
	"context"
	"errors"
	"math"
	"os"
	"time"

	"github.com/tetratelabs/wazero"

	"github.com/wafer-run/wafer/runner/internal/wasm"
)

// husks would load modules as husks. There are none here.
type husks struct{}

func newHusks(context.Context, *directory, wazero.RuntimeConfig) (*husks, error) {
	return nil, errors.New("code: loading husks: only on Linux")
}

func (*husks) built(Digest) int64 { return 0 }

func (*husks) build(context.Context, Digest, *wasm.Module, []byte) error {
	return errors.ErrUnsupported
}

func (*husks) load(context.Context, wazero.Runtime, *entry) (*resident, error) {
	return nil, errors.ErrUnsupported
}

func (*husks) touch(Digest, time.Time) {}

// trimmer would make wazero forget closed modules.
func trimmer(wazero.CompiledModule) func() { return func() {} }

// fileID is not needed without husks.
type fileID struct{}

// There is no limit to mappings.
const mappingsPerModule = 1

func mostMappings() int { return math.MaxInt }

// prefault does nothing: nothing is mapped.
func prefault([]byte) {}

// view returns a stretch of a file for reading, and what gives it back.
func view(f *os.File, offset, length int64) ([]byte, func(), error) {
	b := make([]byte, length)
	if _, err := f.ReadAt(b, offset); err != nil {
		return nil, nil, err
	}
	return b, func() {}, nil
}
