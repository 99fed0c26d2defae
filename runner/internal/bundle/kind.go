package bundle

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"runtime"
)

// Kind is what a file is, by its first bytes.
type Kind uint8

const (
	Other     Kind = iota // anything else
	Directory             // not a file
	Zip                   // a code package
	Module                // a WebAssembly module
	Program               // a program or script that this machine may run
	Foreign               // a program for other machines
)

var kindNames = [...]string{"file", "directory", "zip", "WebAssembly module", "program", "program for other machines"}

// String names the kind for people.
func (k Kind) String() string { return kindNames[k] }

// headSize is how many bytes KindOf needs.
const headSize = 20

// machines are the numbers that ELF files have for architectures of Go's.
var machines = map[uint16]string{3: "386", 40: "arm", 62: "amd64", 183: "arm64", 243: "riscv64", 258: "loong64"}

// KindOf tells what a file is from its beginning, of at least 20 bytes if it has
// as many. The text says what a foreign program is for.
func KindOf(head []byte) (k Kind, text string) {
	switch {
	case bytes.HasPrefix(head, []byte("PK\x03\x04")), bytes.HasPrefix(head, []byte("PK\x05\x06")):
		return Zip, ""
	case bytes.HasPrefix(head, []byte("\x00asm")):
		return Module, ""
	case bytes.HasPrefix(head, []byte("#!")):
		return Program, ""
	case bytes.HasPrefix(head, []byte("\x7fELF")) && len(head) >= headSize:
		var order binary.ByteOrder = binary.LittleEndian
		if head[5] == 2 {
			order = binary.BigEndian
		}
		machine := order.Uint16(head[18:])
		name, known := machines[machine]
		if !known {
			name = fmt.Sprintf("machine %d", machine)
		}
		if name != runtime.GOARCH {
			return Foreign, "Linux on " + name
		}
		return Program, ""
	case bytes.HasPrefix(head, []byte("\xcf\xfa\xed\xfe")), bytes.HasPrefix(head, []byte("\xca\xfe\xba\xbe")):
		return Foreign, "macOS"
	case bytes.HasPrefix(head, []byte("MZ")):
		return Foreign, "Windows"
	}
	return Other, ""
}
