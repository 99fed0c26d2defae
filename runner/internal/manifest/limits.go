package manifest

// Limits are sizes that a function has in place of the server's, in bytes. 0
// leaves the server's.
type Limits struct {
	Path           int // of a request's path and query
	RequestHeader  int // of a request's headers, keys and values together
	Body           int // of an event, or a request's body
	ResponseHeader int // of an answer's headers, keys and values together
	Pos            Pos
	Field          string // path of the field, for errors
}

var (
	size = either(whole(1, maxSize), ruled(sizeText))

	// limitsShape has the names that --limit has, too.
	limitsShape = object(
		may("path", size),
		may("requestHeader", size),
		may("body", size),
		may("responseHeader", size),
	)
)

func readLimits(n *node) *Limits {
	if n == nil || n.kind != mapping {
		return nil
	}
	return &Limits{
		Path: n.get("path").size(), RequestHeader: n.get("requestHeader").size(), Body: n.get("body").size(),
		ResponseHeader: n.get("responseHeader").size(),
		Pos:            n.pos, Field: n.path,
	}
}
