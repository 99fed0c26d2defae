package messages

// PingRequest asks whether a function is alive.
type PingRequest struct{}

// PingResponse answers a [PingRequest].
type PingResponse struct{}
