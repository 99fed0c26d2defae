//go:build !wasip1

package abi

import "embed"

// Sources holds this package's Go files, so that the build command can copy
// them into the module that stands in for the FC Go SDK. Guests leave it out.
//
//go:embed *.go
var Sources embed.FS
