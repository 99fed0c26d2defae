package guesttest

import (
	"bytes"
	"testing"

	"github.com/wafer-run/wafer/abi"
)

// dirtied returns how many pages of 4 KiB of the memory f changes.
func (h *host) dirtied(f func()) int {
	const page = 4096
	view, _ := h.memory.Read(0, h.memory.Size())
	before := bytes.Clone(view)
	f()
	after, _ := h.memory.Read(0, h.memory.Size())
	n := (len(after) - len(before)) / page
	for at := 0; at < len(before); at += page {
		if !bytes.Equal(before[at:at+page], after[at:at+page]) {
			n++
		}
	}
	return n
}

// TestSettleWarmsUp checks that the first call after settling, which is the
// first one of every clone, changes at most twice the pages of later ones.
// Without a warm-up it is five times as many.
func TestSettleWarmsUp(t *testing.T) {
	for _, tc := range []struct {
		mode string
		call func(h *host)
	}{
		{"event", func(h *host) { h.event(`{"Op":"count"}`) }},
		{"http", func(h *host) { h.must(abi.KindHTTP, httpRequest("/nothing")) }},
	} {
		t.Run(tc.mode, func(t *testing.T) {
			h := booted(t, tc.mode)
			if a := h.must(abi.KindSettle, nil); a.Status != abi.StatusOK || a.Payload != nil || a.Error != nil {
				t.Fatalf("settle: %+v", a)
			}
			first := h.dirtied(func() { tc.call(h) })
			for i := 0; i < 3; i++ {
				tc.call(h)
			}
			later := h.dirtied(func() { tc.call(h) })
			t.Logf("pages changed: first %d, later %d", first, later)
			if first > later*2 {
				t.Errorf("the first call changes %d pages, later ones %d", first, later)
			}
		})
	}
}
