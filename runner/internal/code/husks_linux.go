//go:build linux && !wafer_portable

package code

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"runtime"
	"runtime/debug"
	"syscall"
	"time"

	"github.com/tetratelabs/wazero"

	"github.com/wafer-run/wafer/runner/internal/cachelimit"
	"github.com/wafer-run/wafer/runner/internal/wasm"
)

// husks loads modules as husks with code from files.
type husks struct {
	dir    *directory
	config wazero.RuntimeConfig // without a cache
	cpu    string               // part of file names: what else code depends on

	mapFile mapper
}

// newHusks finds out whether husks work here.
func newHusks(ctx context.Context, dir *directory, config wazero.RuntimeConfig) (*husks, error) {
	if err := checkWazero(debug.ReadBuildInfo()); err != nil {
		return nil, err
	}
	f, err := os.Open("/proc/cpuinfo")
	if err != nil {
		return nil, err
	}
	defer f.Close()
	cpu, err := cpuFeatures(f)
	if err != nil {
		return nil, err
	}
	probe, err := selfTest(ctx, config)
	if err != nil {
		return nil, err
	}
	h := sha256.New()
	fmt.Fprintf(h, "%d %q %q %q\n", formatVersion, wazeroVersion, runtime.GOARCH, cpu)
	h.Write(probe)
	return &husks{dir, config, fmt.Sprintf("%x", h.Sum(nil)[:8]), mapFile}, nil
}

// built returns the size of a module's code that has been built, as far as that
// can be told without reading it, or 0.
func (h *husks) built(d Digest) int64 {
	a, err := openArchive(h.dir.object(d, h.cpu), kindObject, d, objectParts)
	if err != nil {
		return 0
	}
	defer a.close()
	return a.parts[partCode].length
}

// touch notes that a module's code is in use.
func (h *husks) touch(d Digest, now time.Time) { cachelimit.Touch(h.dir.object(d, h.cpu), now) }

// build compiles a module and writes its code. It uses a runtime of its own,
// so that nothing of the compilation stays.
func (h *husks) build(ctx context.Context, d Digest, m *wasm.Module, bin []byte) error {
	rt := wazero.NewRuntimeWithConfig(ctx, h.config)
	defer rt.Close(ctx)
	cm, err := compile(ctx, rt, bin, runtime.GOMAXPROCS(0))
	if err != nil {
		return err
	}
	c, err := dissect(cm)
	if err != nil {
		return err
	}
	if len(*c.code) == 0 {
		return errors.New("code: building husk: the module has no functions")
	}
	defer c.discard()
	return writeObject(h.dir, h.dir.object(d, h.cpu), d, newHusk(m, d[:]), c)
}

// load makes a module resident in rt. A file that cannot be used is removed,
// and the error is a [*FileError].
func (h *husks) load(ctx context.Context, rt wazero.Runtime, e *entry) (*resident, error) {
	path := h.dir.object(e.digest, h.cpu)
	var id fileID
	o, err := openObject(path, e.digest, h.mapFile, func(info os.FileInfo) bool {
		id = identify(info)
		return id == e.checked
	})
	if err != nil {
		var damaged *FileError
		if errors.As(err, &damaged) && !errors.Is(err, fs.ErrNotExist) {
			err = errors.Join(err, remove(path))
		}
		return nil, err
	}
	e.checked = id
	cm, err := compile(ctx, rt, o.husk, 1)
	if err != nil {
		o.free()
		return nil, err
	}
	c, err := dissect(cm)
	if err == nil {
		err = c.replace(o.code, o.offsets)
	}
	if err != nil {
		o.free()
		_ = cm.Close(ctx)
		return nil, err
	}
	r := &resident{module: cm, mode: o.mode, size: int64(len(o.code))}
	r.cost = int64(len(o.husk)) + perFunction*int64(len(o.offsets)) + perModule
	if o.mode == Copied {
		r.cost += r.size
		r.reason = "code: mapping code: nothing may be executed from the directory's file system"
	}
	return r, nil
}

// fileID tells whether a file is the one that was checked before.
type fileID struct {
	dev, ino uint64
	size     int64
	mtime    syscall.Timespec
	ctime    syscall.Timespec
}

func identify(info os.FileInfo) fileID {
	st, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return fileID{}
	}
	return fileID{st.Dev, st.Ino, st.Size, st.Mtim, st.Ctim}
}
