package instancelog

import "testing"

// FuzzMarker reads lines that programs print.
func FuzzMarker(f *testing.F) {
	for _, line := range []string{
		"FC Invoke Start RequestId: 1-2-3", "FC Initialize End RequestId: id, Error: Unhandled function error",
		"FC PreStop Start RequestId: ", "FC  Start RequestId: x", "FC Invoke End", "FC Other Start RequestId: id", "",
	} {
		f.Add(line)
	}
	f.Fuzz(func(t *testing.T, line string) {
		phase, id, ok := marker([]byte(line))
		if ok != (phase != "") || !ok && id != nil {
			t.Errorf("%q: phase %q, id %q, %v", line, phase, id, ok)
		}
	})
}

func TestMarker(t *testing.T) {
	for line, want := range map[string]string{
		"FC Invoke Start RequestId: 1-2-3":                                 "Invoke 1-2-3",
		"FC Initialize End RequestId: id, Error: Unhandled function error": "Initialize id",
		"FC PreFreeze Start RequestId: id \r":                              "PreFreeze id",
		"FC Other Start RequestId: id":                                     "",
		"FC Invoke Middle RequestId: id":                                   "",
		" FC Invoke Start RequestId: id":                                   "",
	} {
		got := ""
		if phase, id, ok := marker([]byte(line)); ok {
			got = string(phase) + " " + string(id)
		}
		if got != want {
			t.Errorf("%q: %q, want %q", line, got, want)
		}
	}
}
