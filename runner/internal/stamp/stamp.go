// Package stamp reads and writes the note that the build command leaves in a
// function: who built it, and what it can be expected to support.
//
// Go's own build information cannot be read from a WebAssembly binary without
// running it, so the note is a custom section, which every engine skips:
//
//	section 0 | size | "wafer.build" | {"wafer":"v1.2.3","go":"go1.26.1","sdk":"…","reseed":true}
//
// In a native program it is a section of that name, with the same text.
package stamp

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/wafer-run/wafer/runner/internal/wasm"
)

// Section is the name of the custom section.
const Section = "wafer.build"

// ErrNone says that a function carries no stamp: something other than the build
// command made it. That is no fault of the function.
var ErrNone = errors.New("no build stamp")

// Stamp is what the build command knows about a function it made. Fields may be
// added; a reader sees the zero value for those that are missing.
type Stamp struct {
	// Wafer is the version of the program that built the module.
	Wafer string `json:"wafer"`
	// Go is the version of the Go toolchain, such as "go1.26.1".
	Go string `json:"go"`
	// SDK is the path of the module that the handler takes its SDK from.
	SDK string `json:"sdk"`
	// Reseed says that the guest renews the Go runtime's random state from the
	// entropy of the first request after a restore. Without it math/rand and
	// hash seeds are equal in all instances started from one snapshot.
	Reseed bool `json:"reseed"`
	// Server says that the program listens instead of calling fc.Start: in FC's
	// terms, that its runtime is custom and not go1.
	Server bool `json:"server,omitempty"`
}

// Append returns binary, a module, with the stamp appended: custom sections may
// stand anywhere, so the module keeps its bytes. Like the built-in append, it
// may write into the spare capacity of binary.
func Append(binary []byte, s Stamp) []byte {
	text, err := json.Marshal(s)
	if err != nil { // strings and bools always encode
		panic(err)
	}
	section := wasm.AppendU32(nil, uint32(len(Section)))
	section = append(section, Section...)
	section = append(section, text...)
	binary = append(binary, 0)
	binary = wasm.AppendU32(binary, uint32(len(section)))
	return append(binary, section...)
}

// Read returns the stamp of a module; of several, the last one.
//
// # Errors
//
// ErrNone when there is no stamp, and the JSON error when it was tampered with.
func Read(module *wasm.Module) (Stamp, error) {
	for i := len(module.Customs) - 1; i >= 0; i-- {
		if module.Customs[i].Name != Section {
			continue
		}
		return decode(module.Customs[i].Data)
	}
	return Stamp{}, fmt.Errorf("stamp: %w", ErrNone)
}

func decode(text []byte) (s Stamp, err error) {
	if err := json.Unmarshal(text, &s); err != nil {
		return Stamp{}, fmt.Errorf("stamp: decoding section %s: %w", Section, err)
	}
	return s, nil
}
