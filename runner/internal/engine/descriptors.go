package engine

import (
	"context"
	"encoding/binary"
	"fmt"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/imports/wasi_snapshot_preview1"

	"github.com/wafer-run/wafer/abi"
	"github.com/wafer-run/wafer/hostfns"
	"github.com/wafer-run/wafer/hostfns/socket"
)

// WASI's functions take the host's descriptors (abi.DescriptorFirst and above)
// like all others. Those below are wazero's: each function here is put in front
// of wazero's own, which gets the calls for them. But whether the guest has closed
// a standard stream is kept here: wazero could not open it again for a reset.

// standardStreams is how many descriptors are the standard streams: 0, 1 and 2.
const standardStreams = 3

// descriptorFunc does what one of WASI's functions does, for a descriptor of
// the host's. args are the function's, the descriptor included.
type descriptorFunc struct {
	name string
	args int
	do   func(t *socket.Table, mem hostfns.Memory, args []uint64) socket.Errno
}

func descriptorFuncs() []descriptorFunc {
	return []descriptorFunc{
		{"fd_read", 4, fdRead},
		{"fd_write", 4, fdWrite},
		{"fd_close", 1, func(t *socket.Table, _ hostfns.Memory, args []uint64) socket.Errno {
			return t.Close(uint32(args[0]))
		}},
		{"fd_fdstat_get", 2, fdstatGet},
		{"fd_fdstat_set_flags", 2, func(t *socket.Table, _ hostfns.Memory, args []uint64) socket.Errno {
			if !t.Known(uint32(args[0])) {
				return socket.BadF
			}
			return socket.OK // they never block, whatever the guest says
		}},
		{"sock_accept", 3, func(t *socket.Table, mem hostfns.Memory, args []uint64) socket.Errno {
			out := mem.Bytes(uint32(args[2]), 4)
			fd, errno := t.Accept(uint32(args[0]))
			if errno == socket.OK {
				binary.LittleEndian.PutUint32(out, fd)
			}
			return errno
		}},
		{"sock_recv", 6, sockRecv},
		{"sock_send", 5, sockSend},
		{"sock_shutdown", 2, func(t *socket.Table, _ hostfns.Memory, args []uint64) socket.Errno {
			return t.Shutdown(uint32(args[0]), uint32(args[1]))
		}},
	}
}

// wazeroWASI returns wazero's own functions, for use in front of which ours
// stand.
func wazeroWASI(ctx context.Context, rt wazero.Runtime) (map[string]api.GoModuleFunction, error) {
	b := rt.NewHostModuleBuilder("wafer-plain-wasi")
	wasi_snapshot_preview1.NewFunctionExporter().ExportFunctions(b)
	m, err := b.Compile(ctx)
	if err != nil {
		return nil, fmt.Errorf("engine: registering WASI: %w", err)
	}
	plain := map[string]api.GoModuleFunction{}
	for name, def := range m.ExportedFunctions() {
		if f, ok := def.GoFunction().(api.GoModuleFunction); ok {
			plain[name] = f
		}
	}
	return plain, nil
}

// registerDescriptors puts the functions for the host's descriptors in front
// of wazero's.
func registerDescriptors(ctx context.Context, rt wazero.Runtime, b wazero.HostModuleBuilder) (wazero.HostModuleBuilder, error) {
	plain, err := wazeroWASI(ctx, rt)
	if err != nil {
		return nil, err
	}
	for _, f := range descriptorFuncs() {
		theirs, do, name := plain[f.name], f.do, WASIModule+"."+f.name
		writes, closes := f.name == "fd_write" || f.name == "sock_send", f.name == "fd_close"
		if theirs == nil {
			return nil, fmt.Errorf("engine: registering WASI: wazero has no %s", f.name)
		}
		params := make([]api.ValueType, f.args)
		for i := range params {
			params[i] = i32
		}
		b = b.NewFunctionBuilder().WithGoModuleFunction(
			api.GoModuleFunc(func(ctx context.Context, m api.Module, stack []uint64) {
				fd, in := uint32(stack[0]), instanceOf(ctx)
				switch {
				case fd < standardStreams && in.closed[fd]:
					stack[0] = uint64(socket.BadF)
					return
				case fd < standardStreams && closes:
					in.closed[fd] = true
					stack[0] = uint64(socket.OK)
					return
				case fd < abi.DescriptorFirst:
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
				stack[0] = uint64(do(t, hostfns.NewMemory(name, m), stack))
			}), params, []api.ValueType{i32}).Export(f.name)
	}
	return b, nil
}

// eachVector calls f with the buffers of an iovec array, until f wants no more.
//
//	iovec: ptr u32 | len u32
func eachVector(mem hostfns.Memory, ptr, count uint64, f func(p []byte) (more bool)) socket.Errno {
	const most = 1024
	if uint32(count) > most {
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
