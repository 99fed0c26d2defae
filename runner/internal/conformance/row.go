package conformance

// Generation says in which generation of FC a row holds.
type Generation uint8

const (
	Both Generation = iota
	Only2
	Only3
)

// Call says how a request reaches its function.
type Call uint8

const (
	// Invoke is the API's call, with the body as the event.
	Invoke Call = iota
	// HTTP is a request to the HTTP trigger: by the proxy path in FC 2.0, by
	// the subdomain in FC 3.0.
	HTTP
	// Plain is a request with the row's own Path and Host.
	Plain
)

// Row is one documented behaviour: a request and what it is answered with.
//
// In all that is wanted, «...» is a regular expression, and «id» stands for the
// request id of the answer. Both generations' ids are checked in any case.
type Row struct {
	Area, Name string
	// Source is where the behaviour is documented, see [Sources]. "wafer" marks
	// what FC leaves open.
	Source     string
	Generation Generation

	Call      Call
	Function  string // without the prefix conformance-
	Qualifier string
	Method    string // default POST for Invoke, GET else
	Path      string // what follows the function's own; the whole one for Plain
	Host      string // for Plain; empty is the server's own
	Header    []string
	Body      string
	// BodySize makes a body of that many x.
	BodySize int
	// Announce says how long the body is, of which 512 KiB are sent.
	Announce int64
	Chunked  bool
	// Leave has the client close its side once the request is sent.
	Leave bool
	// Hold keeps an invocation of conformance-single running meanwhile.
	Hold bool

	Status  int // default 200
	Want    string
	Not     string            // what the body must not have in it
	Headers map[string]string // by name; several values are joined by |; "" is absence
	Log     string            // of X-Fc-Log-Result, decoded, with \n for line ends
	Streams bool              // the answer is chunked
	Error   *Error
	Failure *Failure
}

// ID names the row in tests and in [Subject.Except].
func (r *Row) ID() string { return r.Area + "/" + r.Name }
