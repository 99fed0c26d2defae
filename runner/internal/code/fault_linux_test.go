//go:build linux && !wafer_portable

package code

import (
	"os"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// hold keeps every load waiting until the result is called.
func hold(s *Store) func() {
	if s.husks == nil {
		s.compile <- struct{}{}
		return func() { <-s.compile }
	}
	gate := make(chan struct{})
	s.husks.mapFile = func(f *os.File, offset, length int64, prot int) ([]byte, error) {
		<-gate
		return mapFile(f, offset, length, prot)
	}
	return func() { close(gate) }
}

// TestMappingFails loads in other ways, which behave the same.
func TestMappingFails(t *testing.T) {
	r := subject(t, 0)
	plain := open(t, Options{Dir: t.TempDir(), Plain: true})
	want := exercise(t, plain, prepare(t, plain, r))
	tests := []struct {
		err    error
		mode   Mode
		reason string
	}{
		{unix.EPERM, Copied, "nothing may be executed"},
		{unix.EACCES, Copied, "nothing may be executed"},
		{unix.ENOMEM, Compiled, "cannot allocate memory"},
		{unix.ENODEV, Compiled, "no such device"},
	}
	for _, test := range tests {
		t.Run(test.err.Error(), func(t *testing.T) {
			s := open(t, Options{Dir: t.TempDir()})
			s.husks.mapFile = func(*os.File, int64, int64, int) ([]byte, error) { return nil, test.err }
			c := prepare(t, s, r)
			if diff := compare(want, exercise(t, s, c)); diff != "" {
				t.Errorf("behaviour (-plain +got):\n%s", diff)
			}
			if i := c.Info(); i.Mode != test.mode || !strings.Contains(i.Reason, test.reason) {
				t.Errorf("code is %s because %q, want %s because of %q", i.Mode, i.Reason, test.mode, test.reason)
			}
		})
	}
}
