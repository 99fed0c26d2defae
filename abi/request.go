package abi

// Context describes one invocation to the function. Empty fields are not sent.
type Context struct {
	RequestID       string
	Deadline        int64  // Unix time in milliseconds; 0 means none
	Timeout         uint32 // milliseconds
	FunctionName    string
	FunctionHandler string
	Memory          uint32 // MB
	ServiceName     string
	LogProject      string
	LogStore        string
	Qualifier       string
	VersionID       string
	Region          string
	AccountID       string
	RetryCount      uint32
	AccessKeyID     string
	AccessKeySecret string
	SecurityToken   string
	SpanContext     string
	SpanBaggages    []Pair
	JaegerEndpoint  string
}

// AppendTo appends the context's fields to a request frame. Fields may stand
// in any order and in several runs, so a host can encode what never changes
// once and append the rest per invocation.
func (c *Context) AppendTo(b []byte) []byte {
	b = AppendString(b, TagRequestID, c.RequestID)
	b = AppendString(b, TagFunctionName, c.FunctionName)
	b = AppendString(b, TagFunctionHandler, c.FunctionHandler)
	b = AppendString(b, TagServiceName, c.ServiceName)
	b = AppendString(b, TagLogProject, c.LogProject)
	b = AppendString(b, TagLogStore, c.LogStore)
	b = AppendString(b, TagQualifier, c.Qualifier)
	b = AppendString(b, TagVersionID, c.VersionID)
	b = AppendString(b, TagRegion, c.Region)
	b = AppendString(b, TagAccountID, c.AccountID)
	b = AppendString(b, TagAccessKeyID, c.AccessKeyID)
	b = AppendString(b, TagAccessKeySecret, c.AccessKeySecret)
	b = AppendString(b, TagSecurityToken, c.SecurityToken)
	b = AppendString(b, TagSpanContext, c.SpanContext)
	b = AppendString(b, TagJaegerEndpoint, c.JaegerEndpoint)
	if c.Deadline != 0 {
		b = AppendUint64(b, TagDeadline, uint64(c.Deadline))
	}
	if c.Timeout != 0 {
		b = AppendUint32(b, TagTimeout, c.Timeout)
	}
	if c.Memory != 0 {
		b = AppendUint32(b, TagMemory, c.Memory)
	}
	if c.RetryCount != 0 {
		b = AppendUint32(b, TagRetryCount, c.RetryCount)
	}
	for _, p := range c.SpanBaggages {
		b = AppendPair(b, TagSpanBaggage, p.Key, p.Value)
	}
	return b
}

// HTTPRequest is the HTTP part of a [KindHTTP] request.
type HTTPRequest struct {
	Method     string
	RequestURI string // path and query as the client sent them
	Path       string // decoded path
	ClientIP   string
	Host       string
	Protocol   string // for example HTTP/1.1
	Headers    []Pair // in order; canonical keys; one pair per value
}

// AppendTo appends the HTTP fields to a request frame.
func (h *HTTPRequest) AppendTo(b []byte) []byte {
	b = AppendString(b, TagMethod, h.Method)
	b = AppendString(b, TagRequestURI, h.RequestURI)
	b = AppendString(b, TagPath, h.Path)
	b = AppendString(b, TagClientIP, h.ClientIP)
	b = AppendString(b, TagHost, h.Host)
	b = AppendString(b, TagProtocol, h.Protocol)
	for _, p := range h.Headers {
		b = AppendPair(b, TagHeader, p.Key, p.Value)
	}
	return b
}

// Request is a decoded request frame of any kind but [KindBoot].
type Request struct {
	Context
	HTTP    HTTPRequest // zero unless the kind is KindHTTP
	Entropy []byte      // empty unless the instance was just restored
	Body    []byte
}

// Reset empties the request. It keeps the arrays behind SpanBaggages and
// Headers: who holds on to those slices sees the next request in them.
func (q *Request) Reset() {
	*q = Request{
		Context: Context{SpanBaggages: q.SpanBaggages[:0]},
		HTTP:    HTTPRequest{Headers: q.HTTP.Headers[:0]},
	}
}

// AppendTo appends the whole request frame.
func (q *Request) AppendTo(b []byte) []byte {
	b = q.Context.AppendTo(b)
	b = q.HTTP.AppendTo(b)
	if len(q.Entropy) > 0 {
		b = AppendBytes(b, TagEntropy, q.Entropy)
	}
	if len(q.Body) > 0 {
		b = AppendBytes(b, TagBody, q.Body)
	}
	return b
}

// Decode resets q and reads a request frame into it. Strings are cut from one
// copy of the frame's head, so a decode costs one allocation however many
// fields there are (and the growth of SpanBaggages and Headers, when q never
// held as many). Body and Entropy alias frame.
//
// # Errors
//
// A [*FrameError] for truncated fields, lying lengths, wrong integer sizes,
// unknown critical fields, and a body that is not the last field. q then holds
// what was read before the error.
func (q *Request) Decode(frame []byte) error {
	q.Reset()
	head := len(frame)
	r := NewReader("request", frame)
	for r.Next() {
		if r.Tag() == TagBody {
			head = r.Offset()
			if r.end != len(frame) {
				r.Fail("the body must be the last field")
			}
		}
	}
	if r.Err() != nil {
		return r.Err()
	}
	text := string(frame[:head])
	r = NewReader("request", frame)
	for r.Next() {
		q.field(&r, text)
	}
	return r.Err()
}

// field stores the current field of r. text is the frame's head as a string.
func (q *Request) field(r *Reader, text string) {
	from := r.start + FieldHeaderSize
	pair := func() Pair {
		n := r.split()
		if r.err != nil {
			return Pair{}
		}
		return Pair{Key: text[from+4 : from+n], Value: text[from+n : r.end]}
	}
	switch r.tag {
	case TagRequestID:
		q.RequestID = text[from:r.end]
	case TagDeadline:
		q.Deadline = int64(r.Uint64())
	case TagTimeout:
		q.Timeout = r.Uint32()
	case TagFunctionName:
		q.FunctionName = text[from:r.end]
	case TagFunctionHandler:
		q.FunctionHandler = text[from:r.end]
	case TagMemory:
		q.Memory = r.Uint32()
	case TagServiceName:
		q.ServiceName = text[from:r.end]
	case TagLogProject:
		q.LogProject = text[from:r.end]
	case TagLogStore:
		q.LogStore = text[from:r.end]
	case TagQualifier:
		q.Qualifier = text[from:r.end]
	case TagVersionID:
		q.VersionID = text[from:r.end]
	case TagRegion:
		q.Region = text[from:r.end]
	case TagAccountID:
		q.AccountID = text[from:r.end]
	case TagRetryCount:
		q.RetryCount = r.Uint32()
	case TagAccessKeyID:
		q.AccessKeyID = text[from:r.end]
	case TagAccessKeySecret:
		q.AccessKeySecret = text[from:r.end]
	case TagSecurityToken:
		q.SecurityToken = text[from:r.end]
	case TagSpanContext:
		q.SpanContext = text[from:r.end]
	case TagSpanBaggage:
		q.SpanBaggages = append(q.SpanBaggages, pair())
	case TagJaegerEndpoint:
		q.JaegerEndpoint = text[from:r.end]
	case TagEntropy:
		q.Entropy = r.Bytes()
	case TagMethod:
		q.HTTP.Method = text[from:r.end]
	case TagRequestURI:
		q.HTTP.RequestURI = text[from:r.end]
	case TagPath:
		q.HTTP.Path = text[from:r.end]
	case TagClientIP:
		q.HTTP.ClientIP = text[from:r.end]
	case TagHost:
		q.HTTP.Host = text[from:r.end]
	case TagProtocol:
		q.HTTP.Protocol = text[from:r.end]
	case TagHeader:
		q.HTTP.Headers = append(q.HTTP.Headers, pair())
	case TagBody:
		q.Body = r.Bytes()
	default:
		r.Skip()
	}
}
