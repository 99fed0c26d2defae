// Command front measures the front's figures and compares them with their
// targets:
//
//	go run ./bench/cmd/front [-run REGEXP] [-v]
//
// It prints one line per figure,
//
//	name  measured  >= target  ok|short  (low to high)
//
// and appends what it was made from to bench/out/front.jsonl. Ratios are of
// rounds in turns, with the interval that holds the true one with a confidence of
// 95 %. Some figures have no target: they are there to be compared with. It exits
// with 1 when a figure is short of its target, and with 2 when something could
// not be measured. It takes two minutes, needs Linux and Go, and wants the machine
// for itself: a figure that is short while others use the processors is measured
// a second time.
package main

import (
	"github.com/wafer-run/wafer/bench/internal/experiment/front"
	"github.com/wafer-run/wafer/bench/internal/session"
)

func main() { session.Main("front", front.All()) }
