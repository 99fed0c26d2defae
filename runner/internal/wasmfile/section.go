// Package wasmfile reads the outer structure of a WebAssembly binary: its
// sections, without decoding code. It is what tools need to label a module and
// to tell its size apart; compiling and rewriting have their own decoders.
package wasmfile

import (
	"encoding/binary"
	"errors"
	"fmt"
	"iter"
)

// ErrFormat says that the bytes are no WebAssembly 1.0 binary, or that one of
// its sections is cut short.
var ErrFormat = errors.New("not a WebAssembly binary")

// Section ids, as in the WebAssembly core specification.
const (
	CustomID byte = 0
	MemoryID byte = 5
)

// PageSize is the unit of linear memory, in bytes.
const PageSize = 64 << 10

var preamble = []byte{0, 'a', 's', 'm', 1, 0, 0, 0}

// Section is one section of a module. Data aliases the module's bytes. For a
// custom section Name is set and Data starts after it.
type Section struct {
	ID   byte
	Name string
	Data []byte
}

// Sections walks over the module's sections in the order of the file. It ends
// with an error wrapping ErrFormat when the file is malformed.
func Sections(module []byte) iter.Seq2[Section, error] {
	return func(yield func(Section, error) bool) {
		if len(module) < len(preamble) || string(module[:len(preamble)]) != string(preamble) {
			yield(Section{}, fmt.Errorf("wasmfile: reading the preamble: %w", ErrFormat))
			return
		}
		rest := module[len(preamble):]
		for len(rest) > 0 {
			at := len(module) - len(rest)
			s := Section{ID: rest[0]}
			body, tail, ok := cut(rest[1:])
			if ok && s.ID == CustomID {
				var name []byte
				name, body, ok = cut(body)
				s.Name = string(name)
			}
			if !ok {
				yield(Section{}, fmt.Errorf("wasmfile: reading the section at byte %d: %w", at, ErrFormat))
				return
			}
			s.Data = body
			if !yield(s, nil) {
				return
			}
			rest = tail
		}
	}
}

// Memory returns how many pages of 64 KiB the module's own memory starts with,
// or 0 when it defines none.
func Memory(module []byte) (pages uint64, err error) {
	for s, err := range Sections(module) {
		if err != nil {
			return 0, err
		}
		if s.ID != MemoryID {
			continue
		}
		// Count, then the flags and the minimum of the first memory.
		count, rest, ok := uleb(s.Data)
		if !ok || (count > 0 && len(rest) == 0) {
			return 0, fmt.Errorf("wasmfile: reading the memory section: %w", ErrFormat)
		}
		if count == 0 {
			return 0, nil
		}
		pages, _, ok = uleb(rest[1:])
		if !ok {
			return 0, fmt.Errorf("wasmfile: reading the memory section: %w", ErrFormat)
		}
		return pages, nil
	}
	return 0, nil
}

// AppendCustom appends a custom section to a module. Custom sections may stand
// anywhere, so the rest of the file keeps its bytes.
func AppendCustom(module []byte, name string, data []byte) []byte {
	body := binary.AppendUvarint(nil, uint64(len(name)))
	body = append(body, name...)
	body = append(body, data...)
	module = append(module, CustomID)
	module = binary.AppendUvarint(module, uint64(len(body)))
	return append(module, body...)
}

// cut splits a length-prefixed byte string off b.
func cut(b []byte) (value, rest []byte, ok bool) {
	size, rest, ok := uleb(b)
	if !ok || size > uint64(len(rest)) {
		return nil, nil, false
	}
	return rest[:size], rest[size:], true
}

func uleb(b []byte) (v uint64, rest []byte, ok bool) {
	v, n := binary.Uvarint(b)
	if n <= 0 {
		return 0, nil, false
	}
	return v, b[n:], true
}
