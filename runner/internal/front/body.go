package front

import (
	"errors"
	"fmt"
	"io"
	"net"
	"sync/atomic"
	"time"
)

// budget is an amount of memory that all requests share.
type budget struct {
	limit int64
	used  atomic.Int64
}

func (b *budget) take(n int64) bool {
	if b.used.Add(n) > b.limit {
		b.used.Add(-n)
		return false
	}
	return true
}

func (b *budget) release(n int64) {
	if n != 0 {
		b.used.Add(-n)
	}
}

// readBody reads the body into x.body. Memory is taken as bytes arrive, not as
// a header promises them, and what goes beyond [smallBody] counts against the
// server's budget.
func (x *exchange) readBody() error {
	limit := x.limits.Body
	announced := x.rc.Request.Header.ContentLength() // -1 when chunked
	stream := x.rc.RequestBodyStream()
	if stream == nil || announced == 0 {
		x.bodyRead = true
		return nil
	}
	most := limit + 1 // one more, to see that there is more
	if announced > 0 {
		most = announced
	}
	const quickReads = 2 // of what had arrived with the head
	reads := 0
	asked := x.rc.Time() // when there was last asked for more time
	for {
		if len(x.body) == cap(x.body) {
			if err := x.growBody(most); err != nil {
				return err
			}
		}
		n, err := stream.Read(x.body[len(x.body):min(cap(x.body), most)])
		x.body = x.body[:len(x.body)+n]
		switch {
		case len(x.body) > limit:
			return x.tooLarge(limit, "more")
		case err == nil && len(x.body) != announced:
			if reads++; reads > quickReads {
				if err := x.moreTime(&asked); err != nil {
					return err
				}
			}
			continue
		case err != nil && err != io.EOF && isTimeout(err): // most bodies end with io.EOF, and to ask takes a while
			x.bodyRead = true
			x.abandon()
			return refuse(requestTimeout, fmt.Sprintf("%d bytes of the body arrived within %v, want %d a second after the first %v",
				len(x.body), time.Since(x.rc.Time()).Round(time.Second), x.s.cfg.MinBodyRate, x.s.cfg.ReadTimeout))
		case err != nil && !errors.Is(err, io.EOF):
			x.bodyRead = true // as far as it ever will be
			x.abandon()
			return refuse(invalidArgument, fmt.Sprintf("reading the request body after %d bytes: %v", len(x.body), err))
		case announced >= 0 && len(x.body) < announced:
			x.bodyRead = true
			x.rc.SetConnectionClose()
			return refuse(clientClosedRequest, fmt.Sprintf("the body ended after %d of %d bytes", len(x.body), announced))
		}
		x.bodyRead = true
		return x.decompress()
	}
}

// moreTime moves the deadline of the body according to how much of it has
// arrived, once a second.
func (x *exchange) moreTime(asked *time.Time) error {
	now := time.Now()
	if now.Sub(*asked) < time.Second {
		return nil
	}
	*asked = now
	earned := time.Duration(len(x.body)) * time.Second / time.Duration(x.s.cfg.MinBodyRate)
	return x.rc.Conn().SetReadDeadline(x.rc.Time().Add(x.s.cfg.ReadTimeout + earned))
}

func isTimeout(err error) bool {
	var slow net.Error
	return errors.As(err, &slow) && slow.Timeout()
}

// growBody makes room for more of the body, at most bytes in all.
func (x *exchange) growBody(most int) error {
	const first = 4 << 10
	size := min(max(2*cap(x.body), first), max(most, first))
	if size > smallBody {
		if !x.s.bodies.take(int64(size)) {
			return refuse(resourceThrottled, fmt.Sprintf("request bodies take %d bytes already, the limit is %d", x.s.bodies.used.Load(), x.s.bodies.limit))
		}
		x.s.bodies.release(x.reserved)
		x.reserved = int64(size)
	}
	grown := make([]byte, len(x.body), size)
	copy(grown, x.body)
	x.body = grown
	return nil
}

// drainBody makes the connection ready for the next request, or has it closed
// where that would take too long. What was not read of a body would be taken
// for a request.
func (x *exchange) drainBody() {
	stream := x.rc.RequestBodyStream()
	if x.bodyRead || stream == nil {
		return
	}
	if x.rc.Request.Header.ContentLength()-len(x.body) > maxDrain {
		x.abandon() // and the answer leaves now, also to a client that is slow
		return
	}
	n, err := io.CopyN(io.Discard, stream, maxDrain)
	if err == nil || !errors.Is(err, io.EOF) || int(n)+len(x.body) < x.rc.Request.Header.ContentLength() {
		x.abandon()
	}
}
