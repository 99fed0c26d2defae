// Package bench holds wafer's benchmarks. Ratios are measured in one run, with
// the sides interleaved, because machines drift. See README.md.
//
//	make bench-quick    wafer beside what a person would pick instead, a report
//	make bench          the same, with more of everything
//	make bench-engine   the engine's figures against their targets
//	make bench-front    the front's figures against theirs
package bench
