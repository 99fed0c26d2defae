package engine

import (
	"context"
	"encoding/binary"
	"time"

	"github.com/wafer-run/wafer/abi"
	"github.com/wafer-run/wafer/hostfns"
	"github.com/wafer-run/wafer/hostfns/socket"
)

// poll is one call of poll_oneoff.
//
//	subscription: userdata u64 | tag u8, pad 7 | union 32
//	    clock:    id u32, pad 4, timeout u64, precision u64, flags u16
//	    fd:       fd u32
//	event:        userdata u64 | errno u16, type u8, pad 5 | nbytes u64, flags u16
type poll struct {
	in    *Instance
	subs  []byte
	out   []byte
	ready uint32

	sleep     time.Duration // shortest timeout, -1 for none
	accepting bool          // the guest waits for connections
}

// pollOneoff waits until a subscription is ready, the deadline passes or the
// call is canceled. It is the only place where a guest waits.
func pollOneoff(ctx context.Context, mem hostfns.Memory, stack []uint64) {
	stack[0] = uint64(instanceOf(ctx).poll(mem, uint32(stack[0]), uint32(stack[1]), uint32(stack[2]), uint32(stack[3])))
}

func (in *Instance) poll(mem hostfns.Memory, subs, events, count, counted uint32) uint32 {
	if count == 0 || count > maxSubscriptions {
		return wasiEINVAL
	}
	in.spend(int(count))
	p := poll{in: in, subs: mem.Bytes(subs, count*subscriptionSize), out: mem.Bytes(events, count*eventSize), sleep: -1}
	result := mem.Bytes(counted, 4)
	if !p.clocks() {
		return wasiEINVAL
	}
	p.descriptors()
	if in.sockets != nil {
		in.done.waits.Add(1)
		in.publish()
	}
	start := time.Now()
	for slept := time.Duration(0); p.ready == 0; slept = time.Since(start) {
		if p.sleep >= 0 && slept >= p.sleep {
			p.expired(max(slept, p.sleep))
			break
		}
		left := p.sleep
		if left > 0 {
			left -= slept
		}
		if in.sockets == nil {
			in.sleep(left)
			p.expired(p.sleep)
			break
		}
		if !in.parked(p.accepting, p.sleep >= 0) {
			in.await(left)
		}
		p.descriptors()
	}
	binary.LittleEndian.PutUint32(result, p.ready)
	return wasiSuccess
}

// each calls f with every subscription.
func (p *poll) each(f func(s []byte)) {
	for rest := p.subs; len(rest) > 0; rest = rest[subscriptionSize:] {
		f(rest[:subscriptionSize])
	}
}

// emit reports a subscription as ready.
func (p *poll) emit(s []byte, errno socket.Errno) {
	e := p.out[p.ready*eventSize:][:eventSize]
	clear(e)
	copy(e, s[:8])
	binary.LittleEndian.PutUint16(e[8:], uint16(errno))
	e[10] = s[8]
	p.ready++
}

// clocks finds the shortest timeout, and refuses subscriptions of no known
// type.
func (p *poll) clocks() (valid bool) {
	valid = true
	p.each(func(s []byte) {
		switch s[8] {
		case eventClock:
			if d := p.in.clockTimeout(s[16:]); p.sleep < 0 || d < p.sleep {
				p.sleep = d
			}
		case eventFDRead, eventFDWrite:
		default:
			valid = false
		}
	})
	return valid
}

// descriptors reports those that are ready. Standard streams never block: stdin
// is in memory, the others are taken at once. Beside the host's descriptors
// nothing else is open.
func (p *poll) descriptors() {
	p.each(func(s []byte) {
		if s[8] == eventClock {
			return
		}
		fd := binary.LittleEndian.Uint32(s[16:])
		switch {
		case fd <= 2:
			p.emit(s, socket.OK)
		case fd >= abi.DescriptorFirst && p.in.sockets != nil:
			if ready, errno := p.in.sockets.Ready(fd, s[8] == eventFDWrite); ready {
				p.emit(s, errno)
			}
			p.accepting = p.accepting || fd == abi.DescriptorListener
		default:
			p.emit(s, socket.BadF)
		}
	})
}

// expired reports the clocks that have run out after slept.
func (p *poll) expired(slept time.Duration) {
	p.each(func(s []byte) {
		if s[8] == eventClock && p.in.clockTimeoutAfter(s[16:], slept) <= 0 {
			p.emit(s, socket.OK)
		}
	})
}
