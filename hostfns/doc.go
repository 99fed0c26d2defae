// Package hostfns is the mechanism by which a guest reaches anything outside
// its sandbox. Each thing it may reach is a [Capability]: an import module of
// its own, in a package of its own below this one, and off until a function is
// granted it. A module that imports a capability it was not granted is refused
// when it is loaded, by name.
//
// Host functions see guest memory only through [Memory], which checks every
// range: a pointer outside the guest's memory ends the call with a [*Fault]
// that names the function, the pointer, the length and the memory's size. It
// never reads or writes anything else, and never passes silently.
package hostfns
