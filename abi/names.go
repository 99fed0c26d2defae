package abi

// Version is the major version of the ABI. It is part of every name the two
// sides look up, so a mismatch is visible before any code runs.
const Version = 1

// Minor counts additions within [Version] that a peer may ignore. The boot
// frames carry it in both directions.
const Minor = 1

// ExportCall is the one function a guest exports:
//
//	wafer_v1_call(kind i32, len i32) -> (status i32)
//
// kind is a [Kind], len the size in bytes of the request frame waiting to be
// read, and the result a [Status]. The host never calls it while another call
// into the same instance is running.
const ExportCall = "wafer_v1_call"

// ExportCallPrefix and ExportCallSuffix surround the major version in the name
// of the entry point. A host uses them to tell a guest of another version from
// a module that is no guest at all.
const (
	ExportCallPrefix = "wafer_v"
	ExportCallSuffix = "_call"
)

// ExportMemory is the guest's linear memory.
const ExportMemory = "memory"

// ExportInitialize is run once, before anything else, if the guest has it. It
// is the start function of a WASI reactor.
const ExportInitialize = "_initialize"

// ExportStart marks a WASI command: a module with it and without [ExportCall]
// gets the event on stdin and answers on stdout.
const ExportStart = "_start"

// Module is the import module every guest may use. Capabilities that have to
// be granted live in modules of their own, for example [LogModule].
const Module = "wafer_v1"

// ImportRequestRead copies a part of the request frame into the guest:
//
//	request_read(dst i32, off i32, len i32) -> (n i32)
//
// It copies at most len bytes, from byte off of the frame, to dst, and returns
// how many it copied: 0 at or past the end. A destination outside the guest's
// memory traps.
const ImportRequestRead = "request_read"

// ImportResponseWrite hands the host one piece of the answer:
//
//	response_write(part i32, ptr i32, len i32) -> (errno i32)
//
// part is a [Part] and the result an [Errno]. The host copies the bytes before
// it returns. A source outside the guest's memory traps.
const ImportResponseWrite = "response_write"

// ImportListen opens the listener through which a server gets its requests:
//
//	listen(port i32) -> (fd i32)
//
// The result is [DescriptorListener], or minus an errno of WASI: notsup when
// the requests come to another port, and the guest may listen there by means
// of its own; addrinuse when the listener is open already.
const ImportListen = "listen"

// LogModule is the import module of the logging capability.
const LogModule = "wafer_log_v1"

// ImportLogWrite writes one log record:
//
//	write(level i32, ptr i32, len i32)
//
// level is a [Level]. Guests with a standard library just print: the host
// captures stdout and stderr line by line.
const ImportLogWrite = "write"
