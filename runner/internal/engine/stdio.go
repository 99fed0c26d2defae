package engine

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/binary"
	"io"

	"github.com/tetratelabs/wazero/api"

	"github.com/wafer-run/wafer/hostfns"
	"github.com/wafer-run/wafer/hostfns/socket"
)

// standardStreams is how many descriptors are the standard streams: 0, 1 and 2.
// Reading stdin and looking at them is wazero's; what the guest prints comes
// here, because wazero takes any amount of it in one call, and whether a stream
// is closed is kept here, because wazero could not open it again for a reset.
const standardStreams = 3

// output returns what takes the guest's stdout and stderr, or nil.
func (in *Instance) output(fd uint32) io.Writer {
	switch {
	case fd == 0:
		return nil
	case fd == 1 && in.stdout != nil:
		return in.stdout
	case in.rec == nil:
		return io.Discard
	case fd == 1:
		return in.rec.Stdout()
	}
	return in.rec.Stderr()
}

// print is fd_write to a standard stream.
func (in *Instance) print(mem hostfns.Memory, args []uint64) socket.Errno {
	w := in.output(uint32(args[0]))
	if w == nil {
		return socket.BadF
	}
	out := mem.Bytes(uint32(args[3]), 4)
	total := 0
	errno := eachVector(mem, args[1], args[2], func(p []byte) bool {
		err := in.inPieces(p, workShift, func(piece []byte) error {
			n, err := in.printLines(w, piece)
			total += n
			return err
		})
		return err == nil
	})
	binary.LittleEndian.PutUint32(out, uint32(total))
	return errno
}

// printLines writes line by line. Each makes a line of the log, and costs as much as
// a call for it would.
func (in *Instance) printLines(w io.Writer, b []byte) (total int, err error) {
	for len(b) > 0 {
		end := bytes.IndexByte(b, '\n') + 1
		if end == 0 {
			end = len(b)
		}
		n, err := w.Write(b[:end])
		total += n
		if err != nil {
			return total, err
		}
		if b = b[end:]; len(b) > 0 {
			in.spend(callTicks)
		}
	}
	return total, nil
}

// standard does what one of WASI's functions does for a standard stream, and
// reports false when that is wazero's.
func (in *Instance) standard(name string, mem hostfns.Memory, args []uint64) (errno socket.Errno, done bool) {
	fd := uint32(args[0])
	if in.closed[fd] {
		return socket.BadF, true
	}
	switch name {
	case "fd_write":
		return in.print(mem, args), true
	case "fd_read":
		if uint32(args[2]) > maxVectors {
			return socket.Inval, true
		}
	case "fd_close":
		in.closed[fd] = true
		return socket.OK, true
	}
	return 0, false
}

// randomGet is random_get(buf, len), from the host's own source.
func randomGet(ctx context.Context, mem hostfns.Memory, stack []uint64) {
	_ = instanceOf(ctx).inPieces(mem.Bytes(uint32(stack[0]), uint32(stack[1])), workShift, func(piece []byte) error {
		_, err := rand.Read(piece) // never fails
		return err
	})
	stack[0] = wasiSuccess
}

// noFiles is what all functions return that are for files: no directory is open
// that a path could start from, and the standard streams have no offsets. wazero's
// would go through any number of empty buffers first.
func noFiles(_ context.Context, _ api.Module, stack []uint64) { stack[0] = wasiEBADF }
