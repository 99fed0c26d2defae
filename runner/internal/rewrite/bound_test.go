package rewrite_test

import (
	"fmt"

	"github.com/wafer-run/wafer/runner/internal/rewrite"
	"github.com/wafer-run/wafer/runner/internal/wasm"
)

// checkTicks verifies the promise of metering on a metered module, in another way
// than metering keeps it: on the control flow graph of every body. With everything that
// takes fuel or refills it as a tick,
//   - there is no cycle without a tick,
//   - no path without a tick is longer than limit instructions, not counting the structure
//     of blocks,
//   - a function of the guest calls nothing before its first tick.
//
// Functions from own on are not the guest's.
func checkTicks(m *wasm.Module, own int, limit int) error {
	v := tickVerifier{m: m, limit: limit}
	v.appended = m.NumImports(wasm.ExternFunc) + uint32(own)
	for _, e := range m.Exports {
		if e.Name == rewrite.FuelExport {
			v.fuel = e.Index
		}
	}
	v.refill = m.NumImports(wasm.ExternFunc) - 1
	for i := range m.Codes {
		if err := v.function(i, i < own); err != nil {
			return fmt.Errorf("function %d: %w", i, err)
		}
	}
	return nil
}

type tickVerifier struct {
	m      *wasm.Module
	fuel   uint32
	refill uint32
	limit  int
	// appended is the first of three functions that take fuel themselves, or of one when the
	// guest has no bulk instructions.
	appended uint32
}

// node is an instruction and where control goes from it.
type node struct {
	next []int
	tick bool
	call bool
	cost int
}

// graph returns the instructions of a body. The last node is the end of the function.
func (v *tickVerifier) graph(f *wasm.FuncBody, index int) ([]node, error) {
	type block struct {
		start int // of a loop, or -1
		ends  []edge
		cond  int // the if, while it has no else, or -1
	}
	var nodes []node
	open := []block{{start: -1, cond: -1}}
	dead := false
	c := wasm.NewCode(f, index)
	branch := func(from int, l uint32) {
		b := &open[len(open)-1-int(l)]
		if b.start >= 0 {
			nodes[from].next = append(nodes[from].next, b.start)
		} else {
			b.ends = append(b.ends, edge{from})
		}
	}
	for c.Next() {
		i := len(nodes)
		if i > 0 && !dead {
			nodes[i-1].next = append(nodes[i-1].next, i)
		}
		dead = false
		nodes = append(nodes, node{cost: 1})
		switch c.Op {
		case wasm.OpBlock, wasm.OpLoop, wasm.OpElse, wasm.OpEnd:
			nodes[i].cost = 0
		}
		switch c.Op {
		case wasm.OpGlobalSet:
			nodes[i].tick = c.A == v.fuel
		case wasm.OpCall:
			nodes[i].tick = c.A == v.refill
			nodes[i].call = !nodes[i].tick && !v.isBulk(c.A)
		case wasm.OpCallIndirect:
			nodes[i].call = true
		case wasm.OpBlock:
			open = append(open, block{start: -1, cond: -1})
		case wasm.OpLoop:
			open = append(open, block{start: i, cond: -1})
		case wasm.OpIf:
			open = append(open, block{start: -1, cond: i})
		case wasm.OpElse:
			b := &open[len(open)-1]
			// The end of the other side, which falls through to here, leaves the block.
			if n := len(nodes[i-1].next); n > 0 && nodes[i-1].next[n-1] == i {
				nodes[i-1].next = nodes[i-1].next[:n-1]
				b.ends = append(b.ends, edge{i - 1})
			}
			nodes[b.cond].next = append(nodes[b.cond].next, i)
			b.cond = -1
		case wasm.OpEnd:
			b := open[len(open)-1]
			open = open[:len(open)-1]
			if b.cond >= 0 {
				nodes[b.cond].next = append(nodes[b.cond].next, i)
			}
			for _, e := range b.ends {
				nodes[e.from].next = append(nodes[e.from].next, i)
			}
		case wasm.OpBr:
			branch(i, c.A)
			dead = true
		case wasm.OpBrIf:
			branch(i, c.A)
		case wasm.OpBrTable:
			c.Targets(func(l uint32) { branch(i, l) })
			dead = true
		case wasm.OpReturn, wasm.OpUnreachable:
			dead = true
		}
	}
	return nodes, c.Err()
}

// isBulk reports whether a function was appended for bulk instructions.
func (v *tickVerifier) isBulk(f uint32) bool {
	if f != v.appended+1 && f != v.appended+2 {
		return false
	}
	i := int(f - v.m.NumImports(wasm.ExternFunc))
	c := wasm.NewCode(&v.m.Codes[i], i)
	for c.Next() {
		if c.Op == wasm.OpMemoryFill || c.Op == wasm.OpMemoryCopy {
			return true
		}
	}
	return false
}

type edge struct{ from int }

func (v *tickVerifier) function(i int, guest bool) error {
	nodes, err := v.graph(&v.m.Codes[i], i)
	if err != nil {
		return err
	}
	// Longest path from each node to the next tick, by depth-first search with an explicit
	// stack: 0 unseen, -1 on the stack, otherwise the length plus one. Code that cannot be
	// reached has no ticks.
	reachable := reach(nodes, func(node) bool { return false })
	length := make([]int, len(nodes))
	type visit struct{ node, edge int }
	for root := range nodes {
		if length[root] != 0 || !reachable[root] {
			continue
		}
		stack := []visit{{node: root}}
		length[root] = -1
		for len(stack) > 0 {
			top := &stack[len(stack)-1]
			n := &nodes[top.node]
			if n.tick || top.edge == len(n.next) {
				longest := 1
				if !n.tick {
					for _, s := range n.next {
						longest = max(longest, length[s])
					}
					longest += n.cost
				}
				length[top.node] = longest
				if longest > v.limit+1 {
					return fmt.Errorf("%d instructions without a tick from instruction %d", longest-1, top.node)
				}
				stack = stack[:len(stack)-1]
				continue
			}
			s := n.next[top.edge]
			top.edge++
			switch length[s] {
			case -1:
				return fmt.Errorf("a cycle without a tick through instruction %d", s)
			case 0:
				length[s] = -1
				stack = append(stack, visit{node: s})
			}
		}
	}
	if !guest {
		return nil
	}
	for i, seen := range reach(nodes, func(n node) bool { return n.tick }) {
		if seen && nodes[i].call {
			return fmt.Errorf("instruction %d calls before the first tick", i)
		}
	}
	return nil
}

// reach returns the nodes that can be reached from the first one without going on
// from those that stop.
func reach(nodes []node, stop func(node) bool) []bool {
	seen := make([]bool, len(nodes))
	work := []int{0}
	for len(work) > 0 {
		i := work[len(work)-1]
		work = work[:len(work)-1]
		if seen[i] {
			continue
		}
		seen[i] = true
		if !stop(nodes[i]) {
			work = append(work, nodes[i].next...)
		}
	}
	return seen
}
