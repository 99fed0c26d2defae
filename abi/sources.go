//go:build !wasip1

package abi

import "embed"

// Sources holds the files of this package that make up the codec, so that the
// build command can copy them into the module that stands in for the FC Go SDK.
// Tests and this file are left out. Guests do not carry it.
//
//go:embed boot.go descriptor.go doc.go error.go frame.go http.go kind.go names.go part.go request.go tag.go
var Sources embed.FS
