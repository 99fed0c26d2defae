// Package bench holds wafer's benchmarks. Ratios are measured in one run, with
// the sides interleaved, because machines drift.
//
//	make bench          Go benchmarks of the library
//	make bench-engine   the engine's figures against their targets
package bench
