// Package socket holds the descriptors of one instance that are the host's:
// the control descriptor, the listener of a guest that is a server, and the
// connections it accepted. See abi/ABI.md, "Servers".
//
//	host                          Table                         guest
//	Dial, Conn.Send  ──►  65537 listener, backlog   ──►  sock_accept
//	Conn.Send        ──►  65538.. connections       ──►  fd_read
//	Conn.Read        ◄──                            ◄──  fd_write
//	Stop             ──►  65536 control             ──►  fd_read
//
// A connection is a stream of bytes in memory, in both directions. What the
// host sends is not copied: the guest reads it from where it is. What the guest
// writes is buffered up to [BufferSize]; then the guest has to wait until the
// host has read. The guest's side never blocks; it waits in poll_oneoff, which
// asks [Table.Ready] and waits for [Table.Wake]. Nothing here leaves the
// process.
package socket
