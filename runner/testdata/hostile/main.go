// Hostile asks the host for as much work as it can in one call, or in many that
// cost the guest next to nothing.
package main

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"strconv"
	"unsafe"

	"github.com/aliyun/fc-runtime-go-sdk/fc"
)

//go:wasmimport wasi_snapshot_preview1 random_get
//go:noescape
func randomGet(p unsafe.Pointer, n uint32) uint32

//go:wasmimport wasi_snapshot_preview1 fd_write
//go:noescape
func fdWrite(fd int32, vectors unsafe.Pointer, count uint32, written unsafe.Pointer) uint32

//go:wasmimport wasi_snapshot_preview1 fd_read
//go:noescape
func fdRead(fd int32, vectors unsafe.Pointer, count uint32, read unsafe.Pointer) uint32

//go:wasmimport wasi_snapshot_preview1 fd_pread
//go:noescape
func fdPread(fd int32, vectors unsafe.Pointer, count uint32, offset uint64, read unsafe.Pointer) uint32

//go:wasmimport wasi_snapshot_preview1 fd_pwrite
//go:noescape
func fdPwrite(fd int32, vectors unsafe.Pointer, count uint32, offset uint64, written unsafe.Pointer) uint32

//go:wasmimport wasi_snapshot_preview1 path_open
//go:noescape
func pathOpen(fd int32, dirflags uint32, path unsafe.Pointer, n uint32, oflags uint32, rights, inherit uint64, fdflags uint32, opened unsafe.Pointer) uint32

//go:wasmimport wasi_snapshot_preview1 clock_time_get
//go:noescape
func clockTimeGet(id uint32, precision uint64, t unsafe.Pointer) uint32

//go:wasmimport wafer_log_v1 write
//go:noescape
func logWrite(level uint32, p unsafe.Pointer, n uint32)

//go:wasmimport wafer_v1 response_write
//go:noescape
func responseWrite(part uint32, p unsafe.Pointer, n uint32) uint32

//go:wasmimport wasi_snapshot_preview1 poll_oneoff
//go:noescape
func pollOneoff(subs, events unsafe.Pointer, n uint32, ready unsafe.Pointer) uint32

// subscription is one to a descriptor.
type subscription struct {
	userdata uint64
	tag      uint8
	_        [7]byte
	fd       uint32
	_        [28]byte
}

type event struct {
	Do   string `json:"do"`
	N    int    `json:"n"`    // MiB, or millions
	Part uint32 `json:"part"` // of an answer
	For  bool   `json:"forever"`
}

type vector struct{ ptr, n uint32 }

func handle(_ context.Context, ev event) (any, error) {
	if ev.N < 0 || ev.N > 2048 {
		return nil, fmt.Errorf("%d MiB", ev.N)
	}
	b := make([]byte, ev.N<<20)
	start := unsafe.Pointer(unsafe.SliceData(b))
	size := uint32(len(b))
	var out uint64
	var do func() uint32
	vectors := func(n int, v vector) (unsafe.Pointer, uint32) {
		all := make([]vector, n)
		for i := range all {
			all[i] = v
		}
		return unsafe.Pointer(unsafe.SliceData(all)), uint32(n)
	}
	switch ev.Do {
	case "random":
		do = func() uint32 { return randomGet(start, size) }
	case "write":
		p, n := vectors(1, vector{uint32(uintptr(start)), size})
		do = func() uint32 { return fdWrite(1, p, n, unsafe.Pointer(&out)) }
	case "write-vectors":
		p, n := vectors(1<<20, vector{uint32(uintptr(start)), size})
		do = func() uint32 { return fdWrite(1, p, n, unsafe.Pointer(&out)) }
	case "read-vectors":
		p, n := vectors(ev.N<<20>>3, vector{})
		do = func() uint32 { return fdRead(0, p, n, unsafe.Pointer(&out)) }
	case "pread-vectors":
		p, n := vectors(ev.N<<20>>3, vector{})
		do = func() uint32 { return fdPread(0, p, n, 0, unsafe.Pointer(&out)) }
	case "pwrite-vectors":
		p, n := vectors(ev.N<<20>>3, vector{})
		do = func() uint32 { return fdPwrite(1, p, n, 0, unsafe.Pointer(&out)) }
	case "record":
		do = func() uint32 { logWrite(1, start, size); return 0 }
	case "path":
		do = func() uint32 { return pathOpen(3, 0, start, size, 0, 0, 0, 0, unsafe.Pointer(&out)) }
	case "answer":
		do = func() uint32 { return responseWrite(ev.Part, start, size) }
	case "clock":
		do = func() uint32 { return clockTimeGet(0, 0, unsafe.Pointer(&out)) }
	case "read":
		p, n := vectors(1, vector{uint32(uintptr(unsafe.Pointer(&out))), 1})
		do = func() uint32 { return fdRead(0, p, n, unsafe.Pointer(&out)) }
	case "poll": // for stdout, which is always ready
		subs, events := make([]subscription, 4096), make([]byte, 4096*32)
		for i := range subs {
			subs[i] = subscription{tag: 2, fd: 1}
		}
		do = func() uint32 {
			return pollOneoff(unsafe.Pointer(unsafe.SliceData(subs)), unsafe.Pointer(unsafe.SliceData(events)), 4096, unsafe.Pointer(&out))
		}
	case "print":
		p, n := vectors(1, vector{uint32(uintptr(unsafe.Pointer(unsafe.StringData("x\n")))), 2})
		do = func() uint32 { return fdWrite(1, p, n, unsafe.Pointer(&out)) }
	default:
		return nil, fmt.Errorf("unknown: %s", ev.Do)
	}
	for ev.For {
		do()
	}
	return do(), nil
}

// web writes a body of as many MiB as its query says at once.
func web(_ context.Context, w http.ResponseWriter, req *http.Request) error {
	n, err := strconv.Atoi(req.URL.Query().Get("mb"))
	if err != nil {
		return err
	}
	_, err = w.Write(make([]byte, n<<20))
	return err
}

func main() {
	if os.Getenv("HTTP") != "" {
		fc.StartHttp(web)
		return
	}
	fc.Start(handle)
}
