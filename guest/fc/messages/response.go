package messages

// InvokeResponse is the outcome of one invocation: an error, or else a payload.
type InvokeResponse struct {
	Payload []byte
	Error   *InvokeResponse_Error
	// HttpParam is base64(JSON {"headersMap": ..., "status": ...}) for HTTP
	// requests, and empty for events.
	HttpParam string
}
