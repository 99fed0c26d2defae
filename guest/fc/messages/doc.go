// Package messages holds the values that pass between a function and the
// runtime that invokes it. Handlers import it for [InvokeResponse_Error], the
// error that reaches the caller exactly as given.
//
// Names and JSON forms are those of the FC Go SDK.
package messages
