package rewrite_test

import (
	"encoding/binary"
	"math"

	"github.com/wafer-run/wafer/runner/internal/wasm"
)

// code assembles instructions.
type code struct{ b []byte }

// op appends instructions without operands.
func (c *code) op(ops ...wasm.Opcode) *code {
	for _, op := range ops {
		if op > 0xff {
			c.b = append(c.b, byte(op>>8))
			c.b = wasm.AppendU32(c.b, uint32(op&0xff))
			continue
		}
		c.b = append(c.b, byte(op))
	}
	return c
}

// x appends an instruction with indexes.
func (c *code) x(op wasm.Opcode, idx ...uint32) *code {
	c.op(op)
	for _, i := range idx {
		c.b = wasm.AppendU32(c.b, i)
	}
	return c
}

func (c *code) i32(v int32) *code {
	c.op(wasm.OpI32Const)
	c.b = wasm.AppendI64(c.b, int64(v))
	return c
}

func (c *code) i64(v int64) *code {
	c.op(wasm.OpI64Const)
	c.b = wasm.AppendI64(c.b, v)
	return c
}

func (c *code) f32(v float32) *code {
	c.op(wasm.OpF32Const)
	c.b = binary.LittleEndian.AppendUint32(c.b, math.Float32bits(v))
	return c
}

func (c *code) f64(v float64) *code {
	c.op(wasm.OpF64Const)
	c.b = binary.LittleEndian.AppendUint64(c.b, math.Float64bits(v))
	return c
}

// block opens a block, loop or if of a block type, which is a type index, a value type
// as in result, or wasm.NoResult.
func (c *code) block(op wasm.Opcode, bt int64) *code {
	c.op(op)
	c.b = wasm.AppendI64(c.b, bt)
	return c
}

// result is the block type of a single result.
func result(t wasm.ValueType) int64 { return int64(t) - 128 }

func (c *code) get(l uint32) *code { return c.x(wasm.OpLocalGet, l) }
func (c *code) set(l uint32) *code { return c.x(wasm.OpLocalSet, l) }
func (c *code) end() *code         { return c.op(wasm.OpEnd) }

// brTable appends a br_table whose last label is the default.
func (c *code) brTable(labels ...uint32) *code {
	c.x(wasm.OpBrTable, uint32(len(labels)-1))
	for _, l := range labels {
		c.b = wasm.AppendU32(c.b, l)
	}
	return c
}

// body ends the code and makes it the body of a function.
func (c *code) body(locals ...wasm.ValueType) wasm.FuncBody {
	var runs []wasm.LocalRun
	for _, t := range locals {
		runs = append(runs, wasm.LocalRun{Count: 1, Type: t})
	}
	return wasm.FuncBody{Locals: runs, Body: c.end().b}
}

// sig returns a function type from letters: i, l, f, d, v for i32, i64, f32, f64, v128.
func sig(params, results string) wasm.FuncType {
	list := func(s string) (ts []wasm.ValueType) {
		for _, r := range s {
			ts = append(ts, map[rune]wasm.ValueType{'i': wasm.I32, 'l': wasm.I64, 'f': wasm.F32, 'd': wasm.F64, 'v': wasm.V128}[r])
		}
		return ts
	}
	return wasm.FuncType{Params: list(params), Results: list(results)}
}

// builder puts a module together.
type builder struct{ wasm.Module }

// typ returns the index of a type.
func (b *builder) typ(t wasm.FuncType) uint32 {
	for i := range b.Types {
		if b.Types[i].Equal(t) {
			return uint32(i)
		}
	}
	b.Types = append(b.Types, t)
	return uint32(len(b.Types) - 1)
}

// importFunc must come before fn.
func (b *builder) importFunc(module, name string, t wasm.FuncType) uint32 {
	b.Imports = append(b.Imports, wasm.Import{Module: module, Name: name, Kind: wasm.ExternFunc, Type: b.typ(t)})
	return uint32(len(b.Imports) - 1)
}

// fn adds a function, exported unless its name is empty, and returns its index.
func (b *builder) fn(name string, t wasm.FuncType, body wasm.FuncBody) uint32 {
	i := uint32(len(b.Imports) + len(b.Functions))
	b.Functions = append(b.Functions, b.typ(t))
	b.Codes = append(b.Codes, body)
	if name != "" {
		b.export(name, wasm.ExternFunc, i)
	}
	return i
}

func (b *builder) export(name string, kind wasm.ExternKind, i uint32) {
	b.Exports = append(b.Exports, wasm.Export{Name: name, Kind: kind, Index: i})
}

// memory adds a memory of that many pages, without a maximum if max is 0.
func (b *builder) memory(min, max uint32) {
	b.Memories = []wasm.Memory{{Limits: wasm.Limits{Min: min, Max: max, HasMax: max != 0}}}
}

// global adds a mutable global and returns its index.
func (b *builder) global(t wasm.ValueType, init wasm.ConstExpr) uint32 {
	b.Globals = append(b.Globals, wasm.Global{GlobalType: wasm.GlobalType{Type: t, Mutable: true}, Init: init})
	return uint32(len(b.Globals) - 1)
}

// table adds a table of functions with active segments, and returns its index.
func (b *builder) table(size uint32, at map[int32][]uint32) uint32 {
	b.Tables = append(b.Tables, wasm.Table{Type: wasm.FuncRef, Limits: wasm.Limits{Min: size}})
	i := uint32(len(b.Tables) - 1)
	for off, funcs := range at {
		b.Elements = append(b.Elements, wasm.Element{Table: i, Offset: wasm.I32Expr(off), Type: wasm.FuncRef, Funcs: funcs})
	}
	return i
}

// data adds an active data segment.
func (b *builder) data(at int32, d string) {
	b.Datas = append(b.Datas, wasm.Data{Offset: wasm.I32Expr(at), Init: []byte(d)})
}

// binary encodes the module.
func (b *builder) binary() []byte { return b.Encode() }
