package fc

// functionType says what a function serves, or which of its parts a call is
// for. It is unexported in the FC Go SDK, too: callers pass the numbers.
type functionType uint8

const (
	typeHandler     functionType = 0
	typeInitializer functionType = 1
	typePreStop     functionType = 2
	typePreFreeze   functionType = 3
	typeEvent       functionType = 101
	typeHTTP        functionType = 102
)
