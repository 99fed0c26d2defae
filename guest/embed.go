//go:build !wasip1

// Package guest carries the sources of the packages that handlers import, so
// that the build command can write the module that stands in for the FC Go SDK.
// Handlers import the packages below it, never this one.
package guest

import "embed"

// Sources holds the Go files of fc, fc/messages, fccontext, events, server and
// internal, tests included: skip files that end in _test.go.
//
//go:embed fc/*.go fc/messages/*.go fccontext/*.go events/*.go server/*.go internal/*/*.go
var Sources embed.FS
