package code

import (
	"encoding/json"
	"errors"
	"fmt"

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
	Segments []extent
}

// extent is a segment whose bytes are elsewhere.
type extent struct {
	Offset uint32 // in memory
	Length int64
}

// newManifest describes a rewritten module.
func newManifest(d Digest, r *rewrite.Result, note []byte) manifest {
	m := manifest{Digest: d, Report: r.Report, Globals: r.Globals, Note: note}
	for i := range r.Module.Imports {
		imp := &r.Module.Imports[i]
		if imp.Kind == wasm.ExternFunc && imp.Module != rewrite.MeterModule {
			m.Imports = append(m.Imports, Import{imp.Module, imp.Name, r.Module.Types[imp.Type]})
		}
	}
	for _, s := range r.Segments {
		m.Segments = append(m.Segments, extent{s.Offset, int64(len(s.Data))})
	}
	return m
}

// parseManifest reads a manifest whose segments take up length bytes.
func parseManifest(b []byte, length int64) (manifest, error) {
	var m manifest
	if err := json.Unmarshal(b, &m); err != nil {
		return manifest{}, fmt.Errorf("its manifest is damaged: %w", err)
	}
	for _, s := range m.Segments {
		if s.Length < 0 || s.Length > length {
			return manifest{}, errors.New("its segments do not fit")
		}
		length -= s.Length
	}
	if length != 0 {
		return manifest{}, fmt.Errorf("it has %d bytes of segments too many", length)
	}
	return m, nil
}

// readManifest reads a manifest, and its segments without copying them. release gives
// them back.
func readManifest(a *archive) (m manifest, list []rewrite.Segment, release func(), err error) {
	b, err := a.read(partManifest)
	if err != nil {
		return manifest{}, nil, nil, err
	}
	s := a.parts[partSegments]
	if m, err = parseManifest(b, s.length); err != nil {
		return manifest{}, nil, nil, &FileError{a.file.Name(), err}
	}
	data, release, err := view(a.file, s.offset, s.length)
	if err != nil {
		return manifest{}, nil, nil, fmt.Errorf("code: reading segments: %w", err)
	}
	if err := a.check(partSegments, data); err != nil {
		release()
		return manifest{}, nil, nil, err
	}
	return m, m.cut(data), release, nil
}

// cut cuts the bytes of all segments into segments.
func (m *manifest) cut(data []byte) []rewrite.Segment {
	list := make([]rewrite.Segment, len(m.Segments))
	for i, s := range m.Segments {
		list[i] = rewrite.Segment{Offset: s.Offset, Data: data[:s.Length:s.Length]}
		data = data[s.Length:]
	}
	return list
}
