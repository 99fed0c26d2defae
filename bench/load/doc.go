// Package load puts load on something and says how long it took to answer.
//
// A [Closed] load has so many workers, each of which sends its next request
// when the last one was answered. It finds the throughput; but when the
// subject is slow it asks less, and so hides what waiting users would see.
//
// An [Open] load sends requests at the times of a schedule, whatever has become
// of the earlier ones, and counts each from the moment it was due. So the time
// that requests spend waiting for their turn is part of their latency.
package load
