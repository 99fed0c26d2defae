package messages

import "github.com/wafer-run/wafer/guest/fccontext"

// InvokeRequest_Timestamp is a Unix time.
type InvokeRequest_Timestamp struct {
	Seconds int64
	Nanos   int64
}

// InvokeRequest is one invocation.
type InvokeRequest struct {
	Payload   []byte
	RequestId string
	// Deadline is when the invocation must be over. The zero value means that
	// there is no deadline.
	Deadline InvokeRequest_Timestamp
	Context  fccontext.FcContext
	// HttpParams is the base64 form of the JSON form of fc.HTTPParams, or nil
	// when the invocation is no HTTP request.
	HttpParams *string
}
