package fccontext

import (
	"io"
	"os"
	"regexp"
	"testing"
)

// captureStdout returns what f prints.
func captureStdout(t *testing.T, f func()) string {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout := os.Stdout
	os.Stdout = w
	defer func() { os.Stdout = stdout }()
	f()
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestLogger(t *testing.T) {
	l := (&FcContext{RequestID: "req-11"}).GetLogger()
	for _, tc := range []struct {
		name string
		log  func()
		want string // level, position, message
	}{
		{"Debug", func() { l.Debug("a", 1) }, `\[DEBUG\] logger_test\.go:\d+: a 1\n`},
		{"Info", func() { l.Info("a", "b") }, `\[INFO\] logger_test\.go:\d+: a b\n`},
		{"Info with a line end", func() { l.Info("a\n") }, `\[INFO\] logger_test\.go:\d+: a\n\n`},
		{"Warn", func() { l.Warn() }, `\[WARN\] logger_test\.go:\d+: \n`},
		{"Error", func() { l.Error(nil) }, `\[ERROR\] logger_test\.go:\d+: <nil>\n`},
		{"Debugf", func() { l.Debugf("%d", 1) }, `\[DEBUG\] logger_test\.go:\d+: 1\n`},
		{"Infof", func() { l.Infof("a") }, `\[INFO\] logger_test\.go:\d+: a\n`},
		{"Warnf with a line end", func() { l.Warnf("a\n") }, `\[WARN\] logger_test\.go:\d+: a\n`},
		{"Errorf", func() { l.Errorf("%q", "a") }, `\[ERROR\] logger_test\.go:\d+: "a"\n`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			want := regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,3})?Z req-11 ` + tc.want + `$`)
			if got := captureStdout(t, tc.log); !want.MatchString(got) {
				t.Errorf("got %q, want match of %s", got, want)
			}
		})
	}
}
