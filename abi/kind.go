package abi

import "strconv"

// Kind says which lifecycle event a call of [ExportCall] delivers.
type Kind uint32

const (
	// KindBoot is the first call into an instance. The request carries the
	// host's [BootRequest]; the guest answers with a [PartBoot] frame. It may
	// run for as long as the initialization timeout allows.
	KindBoot Kind = 0
	// KindInvoke delivers an event. The answer is the payload.
	KindInvoke Kind = 1
	// KindHTTP delivers an HTTP request. The answer is a head and a body.
	KindHTTP Kind = 2
	// KindInitialize runs the function's initializer, before the first event.
	KindInitialize Kind = 3
	// KindPreFreeze says that the instance is about to sit idle.
	KindPreFreeze Kind = 4
	// KindPreStop says that the instance is about to be destroyed.
	KindPreStop Kind = 5
	// KindSettle says that the host is about to save the instance as a
	// snapshot. A guest uses it to collect its garbage and to drop what a
	// later clone must not share. No handler code runs.
	KindSettle Kind = 6
	// KindRun lets a guest that serves connections go on: it runs whatever
	// its tasks have to do, and returns once [DescriptorControl] is readable.
	// It is sent only to guests that say [HandlesConnections].
	KindRun Kind = 7
)

var kindNames = [...]string{"boot", "invoke", "http", "initialize", "pre-freeze", "pre-stop", "settle", "run"}

// String returns the kind's name as ABI.md spells it.
func (k Kind) String() string {
	if k < Kind(len(kindNames)) {
		return kindNames[k]
	}
	return "kind(" + strconv.FormatUint(uint64(k), 10) + ")"
}

// Status is the result of [ExportCall].
type Status uint32

const (
	// StatusOK says that the event was handled; the answer has been written.
	StatusOK Status = 0
	// StatusError says that the function failed; a [PartError] frame says how.
	StatusError Status = 1
	// StatusUnsupported says that the guest does not know this kind. For every
	// kind but invoke and http that is a polite no, not a failure.
	StatusUnsupported Status = 2
	// StatusMalformed says that the guest could not decode the request frame.
	StatusMalformed Status = 3
)

var statusNames = [...]string{"ok", "error", "unsupported", "malformed"}

// String returns the status's name as ABI.md spells it.
func (s Status) String() string {
	if s < Status(len(statusNames)) {
		return statusNames[s]
	}
	return "status(" + strconv.FormatUint(uint64(s), 10) + ")"
}
