package process

import (
	"context"
	"net"
)

// Network is where processes live: the host's, or a namespace with nothing but
// a loopback interface. Safe for concurrent use.
type Network struct {
	egress bool
}

// NewNetwork makes a network. With egress it is the host's; without, it is a
// namespace of its own where that is possible.
func NewNetwork(egress bool) (*Network, error) { return &Network{egress: egress}, nil }

// Own tells whether the network is a namespace of its own: every port is free
// in it, and the host's addresses do not reach it.
func (n *Network) Own() bool { return false }

// Dial connects to an address, an IP literal with a port, as seen from inside.
func (n *Network) Dial(ctx context.Context, network, address string) (net.Conn, error) {
	var d net.Dialer
	return d.DialContext(ctx, network, address)
}

// Listen announces on an address, an IP literal with a port, inside. Processes
// may connect to it also without egress.
func (n *Network) Listen(network, address string) (net.Listener, error) {
	return net.Listen(network, address)
}

// Close gives the network back. Connections and listeners stay usable until
// they are closed themselves.
func (n *Network) Close() error { return nil }
