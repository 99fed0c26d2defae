//go:build go1.24

package server

import (
	"encoding/binary"
	"os"
	"runtime"
	"unsafe"

	"github.com/wafer-run/wafer/abi"
	"github.com/wafer-run/wafer/guest/internal/allocator"
)

// peer is the name and version that the host gets to know.
const peer = "wafer-go-server/0.1.0"

// The program's own main. The runtime of a reactor does not call it.
//
//go:linkname mainMain main.main
func mainMain()

// control is readable when the host wants to have its turn. It is package state
// because an export has no receiver.
var control *os.File

//go:wasmexport wafer_v1_call
func call(kind, size uint32) uint32 {
	frame := make([]byte, size)
	if size > 0 && requestRead(unsafe.Pointer(&frame[0]), 0, size) != size {
		return uint32(abi.StatusMalformed)
	}
	if abi.Kind(kind) == abi.KindBoot {
		return uint32(boot(frame))
	}
	var q abi.Request
	if q.Decode(frame) != nil {
		return uint32(abi.StatusMalformed)
	}
	if e := q.Entropy; len(e) == 32 {
		var seed [4]uint64
		for i := range seed {
			seed[i] = binary.LittleEndian.Uint64(e[8*i:])
		}
		reseed(seed)
	}
	switch abi.Kind(kind) {
	case abi.KindRun:
		return uint32(run())
	case abi.KindSettle:
		runtime.GC() // finds the garbage
		runtime.GC() // empties the pools, too
		allocator.Fill()
		return uint32(abi.StatusOK)
	}
	return uint32(abi.StatusUnsupported)
}

// boot starts the program. It gets to run with the first run.
func boot(frame []byte) abi.Status {
	var q abi.BootRequest
	if q.Decode(frame) != nil {
		return abi.StatusMalformed
	}
	if control != nil {
		write(abi.PartError, (&abi.Error{Message: "booted already", Type: "BootError"}).AppendTo(nil))
		return abi.StatusError
	}
	control = os.NewFile(abi.DescriptorControl, "control")
	info := abi.BootInfo{
		Peer: peer + " " + runtime.Version(), Minor: abi.Minor,
		Features: abi.FeatureConnections, Handles: abi.HandlesConnections,
	}
	write(abi.PartBoot, info.AppendTo(nil))
	go func() {
		mainMain()
		os.Exit(0) // as after any other main
	}()
	return abi.StatusOK
}

// run lets the other goroutines run until the host wants to have its turn. They
// stay where they are: parked, or ready to go on with the next run.
func run() abi.Status {
	if control == nil {
		return abi.StatusUnsupported
	}
	var b [1]byte
	if _, err := control.Read(b[:]); err != nil {
		write(abi.PartError, (&abi.Error{Message: "waiting for the host: " + err.Error(), Type: "RunError"}).AppendTo(nil))
		return abi.StatusError
	}
	return abi.StatusOK
}

func write(part abi.Part, p []byte) {
	responseWrite(uint32(part), unsafe.Pointer(unsafe.SliceData(p)), uint32(len(p)))
}

//go:wasmimport wafer_v1 request_read
func requestRead(dst unsafe.Pointer, off, size uint32) uint32

//go:wasmimport wafer_v1 response_write
func responseWrite(part uint32, p unsafe.Pointer, size uint32) uint32
