// Plugin makes a handler of bench/testdata/handlers an Extism plug-in, whose
// source is put beside this file.
package main

import (
	"context"
	"encoding/binary"
	"encoding/json"
)

// What a plug-in imports to get its input and to give its output.

//go:wasmimport extism:host/env input_length
func inputLength() uint64

//go:wasmimport extism:host/env input_load_u8
func inputLoadByte(offset uint64) uint32

//go:wasmimport extism:host/env input_load_u64
func inputLoadWord(offset uint64) uint64

//go:wasmimport extism:host/env alloc
func alloc(length uint64) uint64

//go:wasmimport extism:host/env store_u8
func storeByte(offset uint64, v uint32)

//go:wasmimport extism:host/env store_u64
func storeWord(offset, v uint64)

//go:wasmimport extism:host/env output_set
func outputSet(offset, length uint64)

func input() []byte {
	b := make([]byte, inputLength())
	i := 0
	for ; i+8 <= len(b); i += 8 {
		binary.LittleEndian.PutUint64(b[i:], inputLoadWord(uint64(i)))
	}
	for ; i < len(b); i++ {
		b[i] = byte(inputLoadByte(uint64(i)))
	}
	return b
}

func output(b []byte) {
	at := alloc(uint64(len(b)))
	i := 0
	for ; i+8 <= len(b); i += 8 {
		storeWord(at+uint64(i), binary.LittleEndian.Uint64(b[i:]))
	}
	for ; i < len(b); i++ {
		storeByte(at+uint64(i), uint32(b[i]))
	}
	outputSet(at, uint64(len(b)))
}

func run[E, R any](handle func(context.Context, E) (R, error)) error {
	var event E
	if err := json.Unmarshal(input(), &event); err != nil {
		return err
	}
	result, err := handle(context.Background(), event)
	if err != nil {
		return err
	}
	b, err := json.Marshal(result)
	if err == nil {
		output(b)
	}
	return err
}

//go:wasmexport call
func call() int32 {
	if err := run(Handle); err != nil {
		return 1
	}
	return 0
}

func main() {}
