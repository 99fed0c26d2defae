package front

// limits are what FC allows a synchronous request, in bytes.
type limits struct {
	path           int // path and query as sent
	header         int // keys and values of the request's headers
	body           int
	responseHeader int // keys and values of the function's headers
}

// limits returns the generation's limits.
func (g generation) limits() limits {
	if g == gen2 {
		return limits{path: 4 << 10, header: 4 << 10, body: 6 << 20, responseHeader: 4 << 10}
	}
	return limits{path: 4 << 10, header: 8 << 10, body: 32 << 20, responseHeader: 8 << 10}
}

// Limits of the front itself, in bytes.
const (
	// maxHead is the largest request line and headers of any generation, with
	// room for what the limits do not count: method, protocol, separators.
	maxHead = 16 << 10
	// smallBody is how large a request body is held without asking whether
	// there is memory for it.
	smallBody = 64 << 10
	// maxDrain is how much of a body that nobody wants is read, so that the
	// connection can be used again.
	maxDrain = 256 << 10
	// maxBuffered is the largest answer of known size that is collected before
	// it is sent; larger ones go out as the function writes them.
	maxBuffered = 256 << 10
	// maxUnstreamed is the largest streamed answer to a client that does not
	// know chunked bodies.
	maxUnstreamed = 32 << 20
	// maxLogResult is how much of the log goes into a header, before base64.
	maxLogResult = 4 << 10
)
