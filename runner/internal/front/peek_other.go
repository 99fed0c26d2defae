//go:build !unix

package front

import "net"

// closedByPeer cannot be told here: a client that leaves is noticed when it is
// answered.
func closedByPeer(net.Conn) bool { return false }
