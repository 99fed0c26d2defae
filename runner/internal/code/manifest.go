package code

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/wafer-run/wafer/runner/internal/rewrite"
	"github.com/wafer-run/wafer/runner/internal/wasm"
)

// Import is a function that a module imports from the host.
type Import struct {
	Module, Name string
	Type         wasm.FuncType
}

// manifest is what is kept of a module beside its code, so that a module that
// has been prepared once need not be parsed and rewritten again.
type manifest struct {
	Digest   Digest
	Report   rewrite.Report
	Globals  []rewrite.Global
	Imports  []Import
	Note     []byte // by the caller of Prepare
	Segments int    // how many there are
	Compile  time.Duration
}

// newManifest describes a rewritten module.
func newManifest(d Digest, r *rewrite.Result, note []byte) manifest {
	m := manifest{Digest: d, Report: r.Report, Globals: r.Globals, Note: note, Segments: len(r.Segments)}
	for i := range r.Module.Imports {
		imp := &r.Module.Imports[i]
		if imp.Kind == wasm.ExternFunc && imp.Module != rewrite.MeterModule {
			m.Imports = append(m.Imports, Import{imp.Module, imp.Name, r.Module.Types[imp.Type]})
		}
	}
	return m
}

// readManifest reads a manifest.
func readManifest(a *archive) (m manifest, err error) {
	b, err := a.read(partManifest)
	if err != nil {
		return manifest{}, err
	}
	if err := json.Unmarshal(b, &m); err != nil {
		return manifest{}, &FileError{a.file.Name(), fmt.Errorf("its manifest is damaged: %w", err)}
	}
	return m, nil
}

// readSegments reads count segments, perhaps without copying them. release
// gives them back.
func readSegments(a *archive, count int) (list segments, release func(), err error) {
	s := a.parts[partSegments]
	data, release, err := view(a.file, s.offset, s.length)
	if err != nil {
		return segments{}, nil, fmt.Errorf("code: reading segments: %w", err)
	}
	list = segments{count, data}
	if err = a.check(partSegments, data); err == nil {
		if err = list.check(); err != nil {
			err = &FileError{a.file.Name(), err}
		}
	}
	if err != nil {
		release()
		return segments{}, nil, err
	}
	return list, release, nil
}
