package rewrite

import "github.com/wafer-run/wafer/runner/internal/wasm"

const (
	// maxPath is the number of instructions after which there is a tick on every path.
	maxPath = 256
	// maxLeaf is the length up to which a function that calls nothing gets no tick on
	// entry.
	maxLeaf = 64
	// What a call adds to a path, unless the callee is a function without ticks. The
	// instructions of one that ticks are paid for by its own ticks.
	callWeight     = 4
	importWeight   = 32
	indirectWeight = 32
	// unreachable is the length of a path that does not exist.
	unreachable = -1
)

// noLocal stands for a local that has not been added.
const noLocal = ^uint32(0)

// frame is an open block while the longest path is followed.
type frame struct {
	op    wasm.Opcode
	entry int // length of the path on entry, for the else of an if
	max   int // longest path that branches to the end, or unreachable
	quiet bool
}

// mustTick reports whether a function ticks before it does much: when it
// calls, so that recursion ticks, or when it is long. A loop that is reached straight
// away ticks anyway.
func (f *funcFacts) mustTick() bool { return f.calls || f.instrs > maxLeaf }

// callWeight returns the weight of a call of function f.
func (w *writer) callWeight(f uint32) int {
	if f < w.importAt {
		return importWeight
	}
	callee := &w.survey.funcs[f-w.importAt]
	if callee.mustTick() {
		return callWeight
	}
	return callWeight + callee.instrs
}

// begin starts a function, with a tick on entry when the function calls, so that
// recursion ticks, or when it is long. A loop that is reached straight away ticks
// anyway.
func (w *writer) begin() {
	w.added, w.fuelLocal, w.bulkLocal, w.quiet = w.added[:0], noLocal, noLocal, 0
	w.frames = append(w.frames[:0], frame{op: wasm.OpBlock, max: unreachable})
	w.path = 0
	w.constEnd = -1
	if w.facts.mustTick() && !w.facts.loopFirst {
		w.tick()
	}
}

// step accounts for the current instruction and puts a tick in front of it, or
// behind it for a loop, where one is due.
func (w *writer) step() {
	weight := 1
	op := w.code.Op
	switch op {
	case wasm.OpBlock:
		w.frames = append(w.frames, frame{op: op, max: unreachable})
		return
	case wasm.OpLoop:
		w.loop()
		return
	case wasm.OpEnd:
		w.end()
		return
	case wasm.OpElse:
		top := &w.frames[len(w.frames)-1]
		top.max, top.op = max(top.max, w.path), op
		w.path = top.entry
		return
	case wasm.OpCall:
		weight = w.callWeight(w.code.A)
	case wasm.OpCallIndirect:
		weight = indirectWeight
	}
	if w.path == unreachable {
		if op == wasm.OpIf {
			w.frames = append(w.frames, frame{op: op, entry: unreachable, max: unreachable})
		}
		return
	}
	if w.path += weight; w.path > maxPath {
		w.before()
		w.tick()
		w.path = weight
	}
	switch op {
	case wasm.OpIf:
		w.frames = append(w.frames, frame{op: op, entry: w.path, max: unreachable})
	case wasm.OpBr:
		w.branch(w.code.A)
		w.path = unreachable
	case wasm.OpBrIf:
		w.branch(w.code.A)
	case wasm.OpBrTable:
		w.code.Targets(w.branch)
		w.path = unreachable
	case wasm.OpReturn, wasm.OpUnreachable:
		w.path = unreachable
	case wasm.OpI32Const:
		w.constEnd, w.constant = w.code.End, w.code.Const
	default:
		if chargedBySize(op) && !(w.constEnd == w.code.Start && isSmall(op, w.constant)) {
			w.bulk(op)
		}
	}
}

// loop enters a loop. The tick in its header starts a new path.
func (w *writer) loop() {
	facts := w.survey.loops[w.loopAt]
	w.loopAt++
	if w.path == unreachable {
		w.frames = append(w.frames, frame{op: wasm.OpLoop, max: unreachable})
		return
	}
	if w.tooLarge() {
		return
	}
	w.frames = append(w.frames, frame{op: wasm.OpLoop, max: unreachable, quiet: facts.quiet})
	w.tickLoop(facts)
}

func (w *writer) end() {
	top := w.frames[len(w.frames)-1]
	w.frames = w.frames[:len(w.frames)-1]
	switch top.op {
	case wasm.OpLoop:
		// Branches to a loop go to its tick: only falling through gets here.
		if top.quiet {
			w.quiet--
		}
		return
	case wasm.OpIf:
		// Without else, the condition may have been false.
		top.max = max(top.max, top.entry)
	}
	w.path = max(w.path, top.max)
}

func (w *writer) branch(label uint32) {
	target := &w.frames[len(w.frames)-1-int(label)]
	if target.op != wasm.OpLoop {
		target.max = max(target.max, w.path)
	}
}
