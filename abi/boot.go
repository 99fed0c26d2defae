package abi

// Features is a set of optional parts of the ABI. A host refuses a guest that
// requires a feature it does not have.
type Features uint64

// FeatureConnections is offered by hosts that know [KindRun], [ImportListen]
// and the descriptors behind it. Since minor version 1.
const FeatureConnections Features = 1 << 0

// Handles says which kinds of events a guest can take.
type Handles uint32

const (
	HandlesEvent Handles = 1 << 0 // KindInvoke
	HandlesHTTP  Handles = 1 << 1 // KindHTTP
	// HandlesConnections says that the guest is a server: it gets everything
	// as HTTP/1.1 through the listener it opens, while KindRun runs.
	HandlesConnections Handles = 1 << 2
)

// Hooks says which lifecycle hooks the function registered.
type Hooks uint32

const (
	HookInitialize Hooks = 1 << 0 // KindInitialize
	HookPreFreeze  Hooks = 1 << 1 // KindPreFreeze
	HookPreStop    Hooks = 1 << 2 // KindPreStop
)

// BootRequest is the request frame of [KindBoot]: what the host is.
type BootRequest struct {
	Peer     string // product and version, for example wafer/0.1
	Minor    uint32
	Features Features // what the host offers
}

// AppendTo appends the boot request frame.
func (q *BootRequest) AppendTo(b []byte) []byte {
	b = AppendString(b, TagPeer, q.Peer)
	b = AppendUint32(b, TagMinor, q.Minor)
	return AppendUint64(b, TagFeatures, uint64(q.Features))
}

// Decode reads a boot request frame into q, replacing what was there. Nothing
// aliases frame. After an error, q holds what was read before it.
//
// # Errors
//
// A [*FrameError].
func (q *BootRequest) Decode(frame []byte) error {
	*q = BootRequest{}
	r := NewReader("boot request", frame)
	for r.Next() {
		switch r.Tag() {
		case TagPeer:
			q.Peer = string(r.Bytes())
		case TagMinor:
			q.Minor = r.Uint32()
		case TagFeatures:
			q.Features = Features(r.Uint64())
		default:
			r.Skip()
		}
	}
	return r.Err()
}

// BootInfo is the answer to [KindBoot]: what the guest is.
type BootInfo struct {
	Peer     string // SDK and version
	Minor    uint32
	Features Features // what the guest requires of the host
	Handles  Handles
	Hooks    Hooks
}

// AppendTo appends the boot info frame.
func (q *BootInfo) AppendTo(b []byte) []byte {
	b = AppendString(b, TagPeer, q.Peer)
	b = AppendUint32(b, TagMinor, q.Minor)
	b = AppendUint64(b, TagFeatures, uint64(q.Features))
	b = AppendUint32(b, TagHandles, uint32(q.Handles))
	return AppendUint32(b, TagHooks, uint32(q.Hooks))
}

// Decode reads a boot info frame into q, replacing what was there. Nothing
// aliases frame. After an error, q holds what was read before it.
//
// # Errors
//
// A [*FrameError].
func (q *BootInfo) Decode(frame []byte) error {
	*q = BootInfo{}
	r := NewReader("boot info", frame)
	for r.Next() {
		switch r.Tag() {
		case TagPeer:
			q.Peer = string(r.Bytes())
		case TagMinor:
			q.Minor = r.Uint32()
		case TagFeatures:
			q.Features = Features(r.Uint64())
		case TagHandles:
			q.Handles = Handles(r.Uint32())
		case TagHooks:
			q.Hooks = Hooks(r.Uint32())
		default:
			r.Skip()
		}
	}
	return r.Err()
}
