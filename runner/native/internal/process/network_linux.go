package process

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"os"
	"sync"

	"golang.org/x/sys/unix"
)

// Network is where processes live: the host's network, or a namespace with
// nothing but a loopback interface. Safe for concurrent use.
type Network struct {
	egress    bool
	namespace *os.File // nil: the host's
	refused   error    // why there is no namespace although there should be one
	mu        sync.RWMutex
	closed    bool
	ports     []uint16 // that wafer serves on
}

// NewNetwork makes a network. With egress it is the host's; without, it is a
// namespace of its own where that is possible. Making one takes about half a
// millisecond, so a caller may want to have one ready.
func NewNetwork(egress bool) (*Network, error) {
	n := &Network{egress: egress}
	if egress {
		return n, nil
	}
	done := make(chan struct{})
	onThread(func() {
		defer close(done)
		n.namespace, n.refused = newNetworkNamespace()
	})
	<-done
	return n, nil
}

// newNetworkNamespace makes the calling thread's namespace and brings up its
// loopback interface.
func newNetworkNamespace() (*os.File, error) {
	if err := unix.Unshare(unix.CLONE_NEWNET); err != nil {
		return nil, fmt.Errorf("making a network namespace: %w", err)
	}
	s, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, fmt.Errorf("making a network namespace: %w", err)
	}
	defer unix.Close(s)
	lo, err := unix.NewIfreq("lo")
	if err != nil {
		return nil, err
	}
	lo.SetUint16(unix.IFF_UP)
	if err := unix.IoctlIfreq(s, unix.SIOCSIFFLAGS, lo); err != nil {
		return nil, fmt.Errorf("bringing up the loopback interface: %w", err)
	}
	// Functions listen on port 80, too. Not worth an error.
	_ = os.WriteFile("/proc/sys/net/ipv4/ip_unprivileged_port_start", []byte("0"), 0)
	return os.Open("/proc/thread-self/ns/net")
}

// Own tells whether the network is a namespace of its own: every port is free
// in it, and the host's addresses cannot be reached from it.
func (n *Network) Own() bool { return n.namespace != nil }

// Dial connects to an address, an IP address with a port, as seen from inside.
func (n *Network) Dial(ctx context.Context, network, address string) (net.Conn, error) {
	var conn net.Conn
	err := n.inside(address, func() (err error) {
		var d net.Dialer
		conn, err = d.DialContext(ctx, network, address)
		return err
	})
	return conn, err
}

// Listen announces on an address, an IP address with a port, inside. Processes
// that start afterwards may connect to it also without egress.
func (n *Network) Listen(network, address string) (net.Listener, error) {
	var ln net.Listener
	err := n.inside(address, func() (err error) {
		ln, err = net.Listen(network, address)
		return err
	})
	if err != nil {
		return nil, err
	}
	if a, ok := ln.Addr().(*net.TCPAddr); ok {
		n.mu.Lock()
		n.ports = append(n.ports, uint16(a.Port))
		n.mu.Unlock()
	}
	return ln, nil
}

// inside runs f where the network is. A socket belongs to the namespace of the
// thread that makes it, for good, so only f's own goroutine needs to be there:
// names would be resolved on another one.
func (n *Network) inside(address string, f func() error) error {
	if _, err := netip.ParseAddrPort(address); err != nil {
		return fmt.Errorf("process: %q is no IP address with a port: %w", address, err)
	}
	if n.namespace == nil {
		return f()
	}
	result := make(chan error, 1)
	onThread(func() {
		if err := n.join(); err != nil {
			result <- fmt.Errorf("process: entering the network of %s: %w", address, err)
			return
		}
		result <- f()
	})
	return <-result
}

// join moves the calling thread into the network, for good.
func (n *Network) join() error {
	n.mu.RLock()
	defer n.mu.RUnlock()
	if n.closed {
		return net.ErrClosed
	}
	return unix.Setns(int(n.namespace.Fd()), unix.CLONE_NEWNET)
}

// served returns the ports that Listen announced.
func (n *Network) served() []uint16 {
	n.mu.RLock()
	defer n.mu.RUnlock()
	return append([]uint16(nil), n.ports...)
}

// Close gives the network back. Processes in it, connections and listeners stay
// as they are until they end themselves.
func (n *Network) Close() error {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.closed || n.namespace == nil {
		n.closed = true
		return nil
	}
	n.closed = true
	return n.namespace.Close()
}
