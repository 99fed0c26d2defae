package front

import (
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"sync"
	"time"

	"github.com/valyala/fasthttp"
)

// maxRefusing is how many connections are told at once why they are refused.
// Beyond that they are just closed.
const maxRefusing = 256

// conns counts connections, in all and of each client.
type conns struct {
	most, mostEach int // mostEach 0 means no limit

	mu   sync.Mutex
	all  int
	each map[netip.Addr]int // not kept without mostEach
}

// enter counts a connection in, or says why it may not come in.
func (l *conns) enter(client netip.Addr) (c code, why string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.all >= l.most {
		return resourceThrottled, fmt.Sprintf("%d connections are open, the limit is %d", l.all, l.most)
	}
	if l.mostEach > 0 && client.IsValid() {
		if n := l.each[client]; n >= l.mostEach {
			return resourceExhausted, fmt.Sprintf("%d connections from %s are open, the limit is %d", n, client, l.mostEach)
		}
		if l.each == nil {
			l.each = map[netip.Addr]int{}
		}
		l.each[client]++
	}
	l.all++
	return 0, ""
}

func (l *conns) leave(client netip.Addr) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.all--
	if n, ok := l.each[client]; ok {
		if n--; n == 0 {
			delete(l.each, client)
		} else {
			l.each[client] = n
		}
	}
}

// open is how many connections are open.
func (l *conns) open() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.all
}

// clientOf is what connections are counted by: the address, of which one
// subscriber has 2^64 in IPv6.
func clientOf(a net.Addr) netip.Addr {
	tcp, ok := a.(*net.TCPAddr)
	if !ok {
		return netip.Addr{}
	}
	ip := tcp.AddrPort().Addr().Unmap().WithZone("")
	if ip.Is6() {
		if p, err := ip.Prefix(64); err == nil {
			return p.Addr()
		}
	}
	return ip
}

// listener hands out connections within the limits.
type listener struct {
	net.Listener
	s        *Server
	secure   bool
	refusing chan struct{}
}

func (s *Server) guarded(ln net.Listener, secure bool) *listener {
	return &listener{Listener: ln, s: s, secure: secure, refusing: make(chan struct{}, maxRefusing)}
}

// Accept implements [net.Listener].
func (l *listener) Accept() (net.Conn, error) {
	for {
		c, err := l.Listener.Accept()
		if err != nil {
			return nil, err
		}
		client := clientOf(c.RemoteAddr())
		code, why := l.s.conns.enter(client)
		if why == "" {
			return &clientConn{Conn: c, s: l.s, client: client, secure: l.secure}, nil
		}
		l.turnAway(c, code, why)
	}
}

// turnAway closes a connection. It does not hold up the next one.
func (l *listener) turnAway(c net.Conn, code code, why string) {
	select {
	case l.refusing <- struct{}{}:
	default:
		_ = c.Close()
		return
	}
	l.s.refusals.Go(func() {
		defer func() { <-l.refusing }()
		refused := &clientConn{Conn: c, s: l.s, uncounted: true}
		if !l.secure { // no handshake, no answer
			refused.refuse(code, why)
		}
		_ = refused.Close()
	})
}

// cannedAnswer is a whole answer for a client that has not sent a request, in the
// form of FC 3.0. It closes the connection.
func cannedAnswer(c code, message string) []byte {
	id, status, again := FC3.newRequestID(time.Now()), errorTable[c].status, ""
	body := FC3.errorBody(errorTable[c].name, message, id)
	if c.passes() {
		again = "\r\n" + hRetryAfter + ": " + retryAfter
	}
	b := []byte("HTTP/1.1 " + strconv.Itoa(status) + " " + fasthttp.StatusMessage(status) + "\r\nContent-Type: application/json\r\nDate: ")
	b = time.Now().UTC().AppendFormat(b, "Mon, 02 Jan 2006 15:04:05 GMT")
	b = append(b, "\r\nX-Fc-Request-Id: "+id+again+"\r\nConnection: close\r\nContent-Length: "+strconv.Itoa(len(body))+"\r\n\r\n"...)
	return append(b, body...)
}
