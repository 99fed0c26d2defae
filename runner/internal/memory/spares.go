package memory

import (
	"slices"
	"sync"
	"time"
)

const (
	// maxSpares is how much private memory spares may hold, in bytes.
	maxSpares = 16 << 20
	// spareTime is how long they are kept when nothing is taken or put.
	spareTime = 5 * time.Second
)

// Spares keeps memories whose instances are gone for the next instances of the
// same image: what makes a new memory expensive is the page faults for what
// the first calls write to, and these pages are there already. It is safe for
// concurrent use. Close it before the images.
type Spares struct {
	scanner *Scanner

	mu     sync.Mutex
	list   []*Linear // the last one was put last
	held   int       // bytes
	timer  *time.Timer
	closed bool
}

// NewSpares makes an empty set.
func NewSpares(s *Scanner) *Spares { return &Spares{scanner: s} }

// Take returns a memory that is as [New] would make it, or nil.
func (s *Spares) Take(limit uint64, image *Image) *Linear {
	if image == nil {
		return nil
	}
	limit = roundLimit(limit)
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := len(s.list) - 1; i >= 0; i-- {
		if l := s.list[i]; l.image == image && l.limit == limit {
			s.list = slices.Delete(s.list, i, i+1)
			s.held -= l.privateBytes()
			s.extend()
			return l
		}
	}
	return nil
}

// Put takes over a memory that no instance uses any more: it keeps it, as its
// image has it, or frees it.
func (s *Spares) Put(l *Linear) {
	if !l.recycle(s.scanner) {
		l.Free()
		return
	}
	s.mu.Lock()
	if s.closed || l.privateBytes() > maxSpares {
		s.mu.Unlock()
		l.Free()
		return
	}
	s.list = append(s.list, l)
	s.held += l.privateBytes()
	drop := 0
	for held := s.held; held > maxSpares; drop++ {
		held -= s.list[drop].privateBytes()
	}
	old := s.cut(drop)
	s.extend()
	s.mu.Unlock()
	free(old)
}

// Forget frees the spares of an image, which may be closed then.
func (s *Spares) Forget(image *Image) {
	s.mu.Lock()
	var old []*Linear
	s.list = slices.DeleteFunc(s.list, func(l *Linear) bool {
		if l.image != image {
			return false
		}
		s.held -= l.privateBytes()
		old = append(old, l)
		return true
	})
	s.mu.Unlock()
	free(old)
}

// Close frees all.
func (s *Spares) Close() {
	s.mu.Lock()
	s.closed = true
	if s.timer != nil {
		s.timer.Stop()
	}
	old := s.cut(len(s.list))
	s.mu.Unlock()
	free(old)
}

// cut removes the first n. The lock is held.
func (s *Spares) cut(n int) []*Linear {
	old := slices.Clone(s.list[:n])
	s.list = slices.Delete(s.list, 0, n)
	for _, l := range old {
		s.held -= l.privateBytes()
	}
	return old
}

// extend puts the end of all off. The lock is held.
func (s *Spares) extend() {
	if s.timer == nil {
		s.timer = time.AfterFunc(spareTime, s.expire)
		return
	}
	s.timer.Reset(spareTime)
}

func (s *Spares) expire() {
	s.mu.Lock()
	old := s.cut(len(s.list))
	s.mu.Unlock()
	free(old)
}

func free(list []*Linear) {
	for _, l := range list {
		l.Free()
	}
}

// roundLimit returns the limit that a memory gets: whole wasm pages.
func roundLimit(limit uint64) uint64 { return max(limit/WasmPageSize, 1) * WasmPageSize }
