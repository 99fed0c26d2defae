package rewrite

import (
	"runtime"
	"sync"
	"sync/atomic"

	"github.com/wafer-run/wafer/runner/internal/wasm"
)

// spanSize is the least code, in bytes, that is worked on in one go. Where spans
// begin depends on nothing but the module, and so does all that follows.
const spanSize = 128 << 10

// span is a stretch of functions whose bodies are worked on in one go.
type span struct {
	from, to int // functions
	size     int // bytes of their bodies
	loop     int // number of the first loop, once surveyed
}

// spansOf divides the functions.
func spansOf(m *wasm.Module) []span {
	var list []span
	s := span{}
	for i := range m.Codes {
		s.size += len(m.Codes[i].Body)
		if s.to = i + 1; s.size >= spanSize {
			list = append(list, s)
			s = span{from: s.to}
		}
	}
	if s.to > s.from {
		list = append(list, s)
	}
	return list
}

// eachSpan works on all spans, several at a time, and returns the error of the
// first that has one.
func eachSpan(spans []span, work func(i int) error) error {
	errs := make([]error, len(spans))
	var next atomic.Int64
	loop := func() {
		for {
			i := int(next.Add(1)) - 1
			if i >= len(spans) {
				return
			}
			errs[i] = work(i)
		}
	}
	var wg sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(spans)) - 1 {
		wg.Go(loop)
	}
	loop()
	wg.Wait()
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
