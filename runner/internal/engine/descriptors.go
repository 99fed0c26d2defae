package engine

import (
	"context"
	"encoding/binary"

	"github.com/tetratelabs/wazero/api"

	"github.com/wafer-run/wafer/abi"
	"github.com/wafer-run/wafer/hostfns"
	"github.com/wafer-run/wafer/hostfns/socket"
)

// WASI's functions take the host's descriptors (abi.DescriptorFirst and above)
// like all others. Those below are wazero's: each function here is put in front
// of wazero's own, which gets the calls for them. For the standard streams see
// stdio.go.

// descriptorFunc does what one of WASI's functions does, for a descriptor of
// the host's. args are the function's, the descriptor included.
type descriptorFunc struct {
	name string
	do   func(t *socket.Table, mem hostfns.Memory, args []uint64) socket.Errno
}

func descriptorFuncs() []descriptorFunc {
	return []descriptorFunc{
		{"fd_read", fdRead},
		{"fd_write", fdWrite},
		{"fd_close", func(t *socket.Table, _ hostfns.Memory, args []uint64) socket.Errno {
			return t.Close(uint32(args[0]))
		}},
		{"fd_fdstat_get", fdstatGet},
		{"fd_fdstat_set_flags", func(t *socket.Table, _ hostfns.Memory, args []uint64) socket.Errno {
			if !t.Known(uint32(args[0])) {
				return socket.BadF
			}
			return socket.OK // they never block, whatever the guest says
		}},
		{"sock_accept", func(t *socket.Table, mem hostfns.Memory, args []uint64) socket.Errno {
			out := mem.Bytes(uint32(args[2]), 4)
			fd, errno := t.Accept(uint32(args[0]))
			if errno == socket.OK {
				binary.LittleEndian.PutUint32(out, fd)
			}
			return errno
		}},
		{"sock_recv", sockRecv},
		{"sock_send", sockSend},
		{"sock_shutdown", func(t *socket.Table, _ hostfns.Memory, args []uint64) socket.Errno {
			return t.Shutdown(uint32(args[0]), uint32(args[1]))
		}},
	}
}

// before returns a function that is f for the host's descriptors and theirs for
// the others.
func (f descriptorFunc) before(theirs api.GoModuleFunction) api.GoModuleFunc {
	name := WASIModule + "." + f.name
	writes := f.name == "fd_write" || f.name == "sock_send"
	return func(ctx context.Context, m api.Module, stack []uint64) {
		fd, in := uint32(stack[0]), instanceOf(ctx)
		if fd < standardStreams {
			if errno, done := in.standard(f.name, hostfns.NewMemory(name, m), stack); done {
				stack[0] = uint64(errno)
				return
			}
		}
		if fd < abi.DescriptorFirst {
			theirs.Call(ctx, m, stack)
			return
		}
		t := in.sockets
		if t == nil {
			stack[0] = uint64(socket.BadF)
			return
		}
		if writes {
			in.publish() // before somebody sees what is written
		}
		stack[0] = uint64(f.do(t, hostfns.NewMemory(name, m), stack))
	}
}

// maxVectors is how many buffers a call may have, IOV_MAX of Linux.
const maxVectors = 1024

// eachVector calls f with the buffers of an iovec array, until f wants no more.
//
//	iovec: ptr u32 | len u32
func eachVector(mem hostfns.Memory, ptr, count uint64, f func(p []byte) (more bool)) socket.Errno {
	if uint32(count) > maxVectors {
		return socket.Inval
	}
	vec := mem.Bytes(uint32(ptr), uint32(count)*8)
	for ; len(vec) > 0; vec = vec[8:] {
		if !f(mem.Bytes(binary.LittleEndian.Uint32(vec), binary.LittleEndian.Uint32(vec[4:]))) {
			break
		}
	}
	return socket.OK
}

// transfer moves bytes between the buffers and a descriptor until one of them
// is exhausted. What was moved before an error counts.
func transfer(mem hostfns.Memory, ptr, count uint64, op func(p []byte) (int, socket.Errno)) (total uint32, errno socket.Errno) {
	var failed socket.Errno
	if errno := eachVector(mem, ptr, count, func(p []byte) bool {
		n, errno := op(p)
		total += uint32(n)
		failed = errno
		return errno == socket.OK && n == len(p)
	}); errno != socket.OK {
		return 0, errno
	}
	if total > 0 {
		failed = socket.OK
	}
	return total, failed
}

// fdRead is fd_read(fd, iovs, iovs_len, *nread).
func fdRead(t *socket.Table, mem hostfns.Memory, args []uint64) socket.Errno {
	out := mem.Bytes(uint32(args[3]), 4)
	n, errno := transfer(mem, args[1], args[2], func(p []byte) (int, socket.Errno) { return t.Read(uint32(args[0]), p) })
	binary.LittleEndian.PutUint32(out, n)
	return errno
}

// fdWrite is fd_write(fd, iovs, iovs_len, *nwritten).
func fdWrite(t *socket.Table, mem hostfns.Memory, args []uint64) socket.Errno {
	out := mem.Bytes(uint32(args[3]), 4)
	n, errno := transfer(mem, args[1], args[2], func(p []byte) (int, socket.Errno) { return t.Write(uint32(args[0]), p) })
	binary.LittleEndian.PutUint32(out, n)
	return errno
}

// sockRecv is sock_recv(fd, iovs, iovs_len, ri_flags, *ro_datalen, *ro_flags).
func sockRecv(t *socket.Table, mem hostfns.Memory, args []uint64) socket.Errno {
	if uint32(args[3]) != 0 { // peek, waitall
		return socket.NotSup
	}
	flags := mem.Bytes(uint32(args[5]), 2)
	clear(flags)
	return fdRead(t, mem, []uint64{args[0], args[1], args[2], args[4]})
}

// sockSend is sock_send(fd, iovs, iovs_len, si_flags, *so_datalen).
func sockSend(t *socket.Table, mem hostfns.Memory, args []uint64) socket.Errno {
	return fdWrite(t, mem, []uint64{args[0], args[1], args[2], args[4]})
}

// fdstatGet is fd_fdstat_get(fd, *stat).
//
//	stat: filetype u8, pad 1, flags u16, pad 4, rights u64, rights u64
func fdstatGet(t *socket.Table, mem hostfns.Memory, args []uint64) socket.Errno {
	const (
		stream   = 6
		nonblock = 4
	)
	out := mem.Bytes(uint32(args[1]), 24)
	if !t.Known(uint32(args[0])) {
		return socket.BadF
	}
	clear(out)
	out[0] = stream
	binary.LittleEndian.PutUint16(out[2:], nonblock)
	binary.LittleEndian.PutUint64(out[8:], 1<<64-1)
	binary.LittleEndian.PutUint64(out[16:], 1<<64-1)
	return socket.OK
}
