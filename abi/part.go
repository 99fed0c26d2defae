package abi

import "strconv"

// Part says what the bytes of one [ImportResponseWrite] are.
type Part uint32

const (
	// PartPayload is a piece of the result of an event. Pieces are joined in
	// the order they are written.
	PartPayload Part = 1
	// PartHTTPHead is an [HTTPHead] frame: status and headers. At most one per
	// call, before any [PartHTTPBody].
	PartHTTPHead Part = 2
	// PartHTTPBody is a piece of the HTTP response body. The host forwards it
	// at once. Without a head before it, the status is 200.
	PartHTTPBody Part = 3
	// PartError is an [Error] frame. The last one written counts.
	PartError Part = 4
	// PartBoot is a [BootInfo] frame, the answer to [KindBoot].
	PartBoot Part = 5
)

var partNames = [...]string{"", "payload", "http-head", "http-body", "error", "boot"}

// String returns the part's name as ABI.md spells it.
func (p Part) String() string {
	if p > 0 && p < Part(len(partNames)) {
		return partNames[p]
	}
	return "part(" + strconv.FormatUint(uint64(p), 10) + ")"
}

// Errno is the result of [ImportResponseWrite].
type Errno uint32

const (
	// ErrnoOK says that the host took the bytes.
	ErrnoOK Errno = 0
	// ErrnoTooLarge says that the answer is over the host's limit. Nothing of
	// this piece was kept, and the invocation fails.
	ErrnoTooLarge Errno = 1
	// ErrnoClosed says that nobody waits for the answer any more, for example
	// because the client went away.
	ErrnoClosed Errno = 2
	// ErrnoOrder says that this part may not be written now: a second head, a
	// head after body bytes, or a part that does not belong to the call's kind.
	ErrnoOrder Errno = 3
	// ErrnoMalformed says that the bytes are not the frame they should be.
	ErrnoMalformed Errno = 4
)

var errnoNames = [...]string{"ok", "too large", "closed", "out of order", "malformed"}

// String returns the number's name as ABI.md spells it.
func (e Errno) String() string {
	if e < Errno(len(errnoNames)) {
		return errnoNames[e]
	}
	return "errno(" + strconv.FormatUint(uint64(e), 10) + ")"
}

// Level is the severity of a log record.
type Level uint32

const (
	LevelDebug Level = 0
	LevelInfo  Level = 1
	LevelWarn  Level = 2
	LevelError Level = 3
)

var levelNames = [...]string{"DEBUG", "INFO", "WARN", "ERROR"}

// String returns the level as FC log lines spell it. Levels above
// [LevelError] read as ERROR.
func (l Level) String() string {
	if l < Level(len(levelNames)) {
		return levelNames[l]
	}
	return levelNames[LevelError]
}
