//go:build !linux || wafer_portable

package code

// hold keeps every load waiting until the result is called.
func hold(s *Store) func() {
	s.compile <- struct{}{}
	return func() { <-s.compile }
}
