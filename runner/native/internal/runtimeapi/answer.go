package runtimeapi

// Answer is what a process made of an invocation.
type Answer struct {
	// Failed tells that the process reported an error, which Body describes.
	Failed bool
	Body   []byte
	// Params is the head of an HTTP answer in base64, empty where there is none.
	Params string
	// Overflow is how many bytes the answer has at least, when that is over the
	// limit. There is no Body then.
	Overflow int
}
