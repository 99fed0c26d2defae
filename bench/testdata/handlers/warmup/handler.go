package main

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
)

// Event asks for a word.
type Event struct {
	Word uint32 `json:"word"`
}

var table map[uint32]string

// initialize fills a table, which takes some tenths of a second.
func initialize(context.Context) {
	table = make(map[uint32]string, 1<<18)
	for i := uint32(0); i < 1<<18; i++ {
		h := fnv.New32a()
		fmt.Fprintf(h, "word %d", i)
		table[i] = fmt.Sprintf("%08x", h.Sum32())
	}
}

// Handle looks the word up.
func Handle(_ context.Context, event Event) (string, error) {
	if table == nil {
		return "", errors.New("the table is not there")
	}
	return table[event.Word], nil
}
