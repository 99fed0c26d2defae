package engine

import (
	"bytes"
	"errors"
	"testing"
	"time"

	"github.com/wafer-run/wafer/abi"
	"github.com/wafer-run/wafer/runner/internal/wasm"
)

// TestPace has a guest make much of each tick, until its deadline and in calls
// shorter than a quantum, and looks what it is granted then.
func TestPace(t *testing.T) {
	// Square roots of one another, each of which takes ten cycles and more.
	roots := append([]byte{0x41, 0, 0x41, 0, 0x2b, 3, 0, 0x44, 0, 0, 0, 0, 0, 0, 0, 0x40, 0xa0}, bytes.Repeat([]byte{0x9f}, 230)...)
	loop := append(append([]byte{0x03, 0x40}, roots...), 0x39, 3, 0)
	endless := append(loop[:len(loop):len(loop)], 0x0c, 0, 0x0b, 0x00)
	short := append(loop[:len(loop):len(loop)], 0x20, 0, 0x41, 1, 0x6a, 0x22, 0, 0x41)
	short = append(append(short, wasm.AppendI64(nil, Quantum-100)...), 0x48, 0x0d, 0, 0x0b, 0x41, 0)
	for name, body := range map[string][]byte{"endless": endless, "short": short} {
		t.Run(name, func(t *testing.T) {
			i32 := wasm.I32
			m := &wasm.Module{
				Types:     []wasm.FuncType{{Params: []wasm.ValueType{i32, i32}, Results: []wasm.ValueType{i32}}},
				Functions: []uint32{0},
				Memories:  []wasm.Memory{{Limits: wasm.Limits{Min: 1}}},
				Exports:   []wasm.Export{{Name: abi.ExportMemory, Kind: wasm.ExternMemory}, {Name: abi.ExportCall, Kind: wasm.ExternFunc}},
				Codes:     []wasm.FuncBody{{Body: append(body, 0x0b)}},
			}
			in := instancesOf(t, m.Encode())()
			defer in.Close()
			for range 2 {
				_, err := in.Call(&Call{Kind: abi.KindInvoke, Deadline: time.Now().Add(time.Second)})
				if (name == "endless") != errors.Is(err, ErrDeadline) {
					t.Errorf("ended by %v", err)
				}
				if err != nil {
					break
				}
			}
			if n := in.module.pace.quantum(); n >= Quantum {
				t.Errorf("%d ticks at a time", n)
			}
		})
	}
}

// TestPaceGrows expects long quanta again where short ones have been short for long
// enough, and where only others took the processor's time.
func TestPaceGrows(t *testing.T) {
	var p pace
	p.observe(Quantum, time.Second, false)
	if n := p.quantum(); n != Quantum || !p.watched() {
		t.Fatalf("%d ticks where nobody knows who ran, watched: %t", n, p.watched())
	}
	p.observe(Quantum, time.Microsecond, true)
	if n := p.quantum(); n != Quantum || !p.watched() {
		t.Fatalf("%d ticks where others ran, watched: %t", n, p.watched())
	}
	p.observe(Quantum, time.Second, true)
	if n := p.quantum(); n != minQuantum {
		t.Fatalf("%d ticks after %d that took a second", n, Quantum)
	}
	p.observe(minQuantum, time.Microsecond, true)
	if n := p.quantum(); n != minQuantum {
		t.Fatalf("%d ticks right after that", n)
	}
	p.until.Store(1)
	for range 9 {
		p.observe(p.quantum(), time.Microsecond, true)
	}
	if n := p.quantum(); n != Quantum || p.watched() {
		t.Fatalf("%d ticks in the end, watched: %t", n, p.watched())
	}
}
