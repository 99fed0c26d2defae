package abi

// Tag names a field of a frame. Numbers are never reused.
type Tag uint16

// Fields of every request except [KindBoot]'s: the invocation context. The
// names follow FcContext of the FC Go SDK.
const (
	TagRequestID       Tag = 1  // string
	TagDeadline        Tag = 2  // u64, Unix time in milliseconds
	TagTimeout         Tag = 3  // u32, milliseconds
	TagFunctionName    Tag = 4  // string
	TagFunctionHandler Tag = 5  // string
	TagMemory          Tag = 6  // u32, MB
	TagServiceName     Tag = 7  // string
	TagLogProject      Tag = 8  // string
	TagLogStore        Tag = 9  // string
	TagQualifier       Tag = 10 // string
	TagVersionID       Tag = 11 // string
	TagRegion          Tag = 12 // string
	TagAccountID       Tag = 13 // string
	TagRetryCount      Tag = 14 // u32
	TagAccessKeyID     Tag = 15 // string
	TagAccessKeySecret Tag = 16 // string
	TagSecurityToken   Tag = 17 // string
	TagSpanContext     Tag = 18 // string
	TagSpanBaggage     Tag = 19 // pair, repeated
	TagJaegerEndpoint  Tag = 20 // string
	// TagEntropy is present in the first request after the instance was
	// restored from a snapshot: 32 random bytes, never used before. A guest
	// that keeps random state in its memory must reseed it from them.
	TagEntropy Tag = 21
)

// Fields of HTTP requests and responses.
const (
	TagMethod     Tag = 32 // string
	TagRequestURI Tag = 33 // string, as sent by the client: path and query
	TagPath       Tag = 34 // string, decoded path
	TagClientIP   Tag = 35 // string
	TagHost       Tag = 36 // string
	TagProtocol   Tag = 37 // string, for example HTTP/1.1
	TagHeader     Tag = 38 // pair, repeated
	TagStatus     Tag = 39 // u32
	TagBodySize   Tag = 40 // u64, bytes
)

// Fields of an error frame.
const (
	TagErrorMessage Tag = 64 // string
	TagErrorType    Tag = 65 // string
	TagStackFrame   Tag = 66 // frame: u32 line, u32 path length, path, label; repeated
)

// Fields of the boot frames.
const (
	TagPeer     Tag = 80 // string, product and version of the sender
	TagMinor    Tag = 81 // u32
	TagFeatures Tag = 82 // u64, bit set of features
	TagHandles  Tag = 83 // u32, bit set of Handles
	TagHooks    Tag = 84 // u32, bit set of Hooks
)

// TagBody is the event or the HTTP request body, always the last field of its
// frame.
const TagBody Tag = 127
