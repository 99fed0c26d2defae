package socket_test

import (
	"bytes"
	"errors"
	"io"
	"sync"
	"testing"

	"github.com/wafer-run/wafer/abi"
	"github.com/wafer-run/wafer/hostfns/socket"
)

// listening returns the table of a guest that listens.
func listening(t *testing.T) *socket.Table {
	t.Helper()
	s := socket.New(9000)
	if fd, errno := s.Listen(9000); fd != abi.DescriptorListener || errno != socket.OK {
		t.Fatalf("listen: %d, errno %d", fd, errno)
	}
	return s
}

// accept returns both ends of a connection.
func accept(t *testing.T, s *socket.Table) (*socket.Conn, uint32) {
	t.Helper()
	c := s.Dial()
	fd, errno := s.Accept(abi.DescriptorListener)
	if errno != socket.OK {
		t.Fatalf("accept: errno %d", errno)
	}
	return c, fd
}

func TestListen(t *testing.T) {
	s := socket.New(9000)
	if c := s.Dial(); !c.Ended() {
		t.Error("a guest that does not listen takes connections")
	}
	if _, errno := s.Listen(8080); errno != socket.NotSup {
		t.Errorf("another port: errno %d", errno)
	}
	if _, errno := s.Accept(abi.DescriptorListener); errno != socket.BadF {
		t.Errorf("accept before listen: errno %d", errno)
	}
	if _, errno := s.Listen(9000); errno != socket.OK {
		t.Errorf("listen: errno %d", errno)
	}
	if _, errno := s.Listen(9000); errno != socket.AddrInUse {
		t.Errorf("second listen: errno %d", errno)
	}
	if ok, elsewhere := s.Listening(); !ok || len(elsewhere) != 1 || elsewhere[0] != 8080 {
		t.Errorf("listening %v, elsewhere %v", ok, elsewhere)
	}
	waiting := s.Dial()
	if errno := s.Close(abi.DescriptorListener); errno != socket.OK || !waiting.Ended() {
		t.Errorf("closing the listener: errno %d, waiting connection ended: %v", errno, waiting.Ended())
	}
	if _, errno := s.Listen(9000); errno != socket.OK {
		t.Errorf("listen again: errno %d", errno)
	}
}

func TestDescriptorsOfTheWrongKind(t *testing.T) {
	s := listening(t)
	_, conn := accept(t, s)
	b := make([]byte, 1)
	read := func(fd uint32) socket.Errno { _, errno := s.Read(fd, b); return errno }
	write := func(fd uint32) socket.Errno { _, errno := s.Write(fd, b); return errno }
	take := func(fd uint32) socket.Errno { _, errno := s.Accept(fd); return errno }
	shut := func(fd uint32) socket.Errno { return s.Shutdown(fd, 3) }
	ready := func(fd uint32) socket.Errno { _, errno := s.Ready(fd, false); return errno }
	for name, tt := range map[string]struct {
		got, want socket.Errno
	}{
		"read the listener":          {read(abi.DescriptorListener), socket.NotConn},
		"write to control":           {write(abi.DescriptorControl), socket.NotConn},
		"accept from a connection":   {take(conn), socket.Inval},
		"shut down the listener":     {shut(abi.DescriptorListener), socket.NotConn},
		"shut down nothing":          {s.Shutdown(conn, 0), socket.Inval},
		"read what is not open":      {read(conn + 1), socket.BadF},
		"write to what is not open":  {write(conn + 1), socket.BadF},
		"close what is not open":     {s.Close(conn + 1), socket.BadF},
		"shut down what is not open": {shut(1<<32 - 1), socket.BadF},
		"wait for what is not open":  {ready(1<<32 - 1), socket.BadF},
		"close control":              {s.Close(abi.DescriptorControl), socket.OK},
		"read control":               {read(abi.DescriptorControl), socket.Again},
		"read a quiet connection":    {read(conn), socket.Again},
		"read below the range":       {read(3), socket.BadF},
	} {
		if tt.got != tt.want {
			t.Errorf("%s: errno %d, want %d", name, tt.got, tt.want)
		}
	}
}

func TestControl(t *testing.T) {
	s := listening(t)
	b := make([]byte, 8)
	s.Stop()
	<-s.Wake()
	if ready, _ := s.Ready(abi.DescriptorControl, false); !ready {
		t.Error("control is not readable")
	}
	s.Resume()
	if _, errno := s.Read(abi.DescriptorControl, b); errno != socket.Again {
		t.Errorf("after Resume: errno %d", errno)
	}
	s.Stop()
	if n, errno := s.Read(abi.DescriptorControl, b); n != 1 || errno != socket.OK {
		t.Errorf("read %d, errno %d", n, errno)
	}
	if ready, _ := s.Ready(abi.DescriptorControl, false); ready {
		t.Error("control is readable twice")
	}
}

// TestStream moves bytes both ways through a connection whose ends go at
// different speeds.
func TestStream(t *testing.T) {
	s := listening(t)
	c, fd := accept(t, s)
	const size = 5 * socket.BufferSize
	data := make([]byte, size)
	for i := range data {
		data[i] = byte(i * 7 / 5)
	}
	c.Send(data[:100], nil, data[100:])
	var wg sync.WaitGroup
	wg.Add(1)
	go func() { // the guest sends back what it reads
		defer wg.Done()
		buf := make([]byte, 7001)
		for total := 0; total < size; {
			n, errno := s.Read(fd, buf)
			if errno != socket.OK {
				t.Errorf("guest reads: errno %d", errno)
				return
			}
			total += n
			for out := buf[:n]; len(out) > 0; {
				n, errno := s.Write(fd, out)
				if errno == socket.Again {
					<-s.Wake()
					continue
				}
				out = out[n:]
			}
		}
		if errno := s.Shutdown(fd, 2); errno != socket.OK {
			t.Errorf("shutdown: errno %d", errno)
		}
	}()
	var got []byte
	for buf := make([]byte, 1111); ; {
		n, err := c.TryRead(buf)
		if errors.Is(err, io.EOF) {
			break
		}
		if n == 0 {
			<-c.Changed()
		}
		got = append(got, buf[:n]...)
	}
	wg.Wait()
	if !bytes.Equal(got, data) {
		t.Errorf("%d bytes came back, and not the same", len(got))
	}
	if n, left := c.Taken(); n != size || left {
		t.Errorf("the guest took %d bytes, some left: %v", n, left)
	}
}

// TestEnds closes connections from either side.
func TestEnds(t *testing.T) {
	s := listening(t)
	b := make([]byte, 10)
	c, fd := accept(t, s)
	c.Send([]byte("lost"))
	c.Close()
	if n, errno := s.Read(fd, b); n != 0 || errno != socket.OK {
		t.Errorf("the guest reads %d, errno %d, want the end", n, errno)
	}
	if _, errno := s.Write(fd, b); errno != socket.ConnReset {
		t.Errorf("the guest writes: errno %d", errno)
	}
	for _, write := range []bool{false, true} {
		if ready, errno := s.Ready(fd, write); !ready || errno != socket.OK {
			t.Errorf("ready %v, errno %d", ready, errno)
		}
	}
	if c.Released() || s.Close(fd) != socket.OK || !c.Released() {
		t.Error("closing is not seen")
	}

	c, again := accept(t, s)
	if again != fd {
		t.Errorf("descriptor %d, want the lowest free one, %d", again, fd)
	}
	_, _ = s.Write(fd, []byte("bye"))
	_ = s.Close(fd)
	if n, err := c.TryRead(b); n != 3 || err != nil {
		t.Errorf("the host reads %d, %v", n, err)
	}
	if _, err := c.TryRead(b); !errors.Is(err, io.EOF) {
		t.Errorf("then %v, want EOF", err)
	}

	c, fd = accept(t, s)
	backlog := s.Dial()
	if n := s.Open(); n != 2 {
		t.Errorf("%d are open, want 2", n)
	}
	s.Restore()
	if !c.Ended() || !backlog.Ended() || s.Open() != 0 || s.Known(fd) || !s.Known(abi.DescriptorListener) {
		t.Error("a restored guest has more than its listener")
	}
	c, _ = accept(t, s)
	s.Kill()
	if !c.Ended() || !s.Dial().Ended() || !c.Released() {
		t.Error("a dead guest has connections")
	}
}
