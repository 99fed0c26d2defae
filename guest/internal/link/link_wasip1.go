//go:build go1.24

package link

import (
	"unsafe"

	"github.com/wafer-run/wafer/abi"
)

// The program's own main. The runtime of a reactor does not call it.
//
//go:linkname mainMain main.main
func mainMain()

// guest is what the entry point below works on: an export has no receiver.
var guest = NewGuest(imports{}, mainMain)

// Serve makes h the function of this module. It never returns.
func Serve(h Handler) { guest.Start(h) }

//go:wasmexport wafer_v1_call
func call(kind, size uint32) uint32 {
	return uint32(guest.Call(abi.Kind(kind), size))
}

//go:wasmimport wafer_v1 request_read
func requestRead(dst unsafe.Pointer, off, size uint32) uint32

//go:wasmimport wafer_v1 response_write
func responseWrite(part uint32, p unsafe.Pointer, size uint32) uint32

// imports is the Host that the module imports.
type imports struct{}

func (imports) RequestRead(dst []byte, off int) int {
	return int(requestRead(unsafe.Pointer(unsafe.SliceData(dst)), uint32(off), uint32(len(dst))))
}

func (imports) ResponseWrite(part abi.Part, p []byte) abi.Errno {
	return abi.Errno(responseWrite(uint32(part), unsafe.Pointer(unsafe.SliceData(p)), uint32(len(p))))
}

func (imports) Reseed(seed [4]uint64) { reseed(seed) }
