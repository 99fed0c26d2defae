//go:build wafer_reseed

package server

import _ "unsafe" // for go:linkname

// runtimeReseed is a function that the build command adds to package runtime;
// see guest/internal/link.
//
//go:linkname runtimeReseed runtime.waferReseed
func runtimeReseed(a, b, c, d uint64)

// reseed replaces the runtime's random state, which is part of a snapshot and
// so the same in every clone.
func reseed(seed [4]uint64) { runtimeReseed(seed[0], seed[1], seed[2], seed[3]) }
