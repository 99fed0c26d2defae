//go:build wafer_reseed

package link

import _ "unsafe" // for go:linkname

// runtimeReseed is a function that the build command adds to package runtime.
// It must be marked there with "//go:linkname waferReseed", since the linker
// lets nobody else in. A build without it leaves out the tag, too.
//
//go:linkname runtimeReseed runtime.waferReseed
func runtimeReseed(a, b, c, d uint64)

// reseed replaces the runtime's random state, which is part of a snapshot and
// so the same in every clone. Covered: the top-level functions of math/rand
// (unless the program called rand.Seed) and math/rand/v2, new maphash seeds,
// the seeds of maps made from now on, and the choices of select.
//
// Not covered: generators the program made itself from a fixed or a timed seed
// (rand.New), and maps and maphash seeds that exist already. crypto/rand needs
// nothing: it asks the host each time.
func reseed(seed [4]uint64) { runtimeReseed(seed[0], seed[1], seed[2], seed[3]) }
