package sdkbuild

import (
	"strings"
	"testing"
	"testing/iotest"
)

func TestProgress(t *testing.T) {
	const text = "go: downloading a v1\n# a\na.go:1:1: go: downloading\ngo: downloading b v1\ngo: no end"
	for _, size := range []int{1, 7, len(text)} {
		var shown strings.Builder
		p := progress{show: &shown}
		for at := 0; at < len(text); at += size {
			piece := text[at:min(at+size, len(text))]
			if n, err := p.Write([]byte(piece)); n != len(piece) || err != nil {
				t.Fatalf("wrote %d of %d bytes, %v", n, len(piece), err)
			}
		}
		if want := "# a\na.go:1:1: go: downloading\ngo: no end"; p.rest() != want {
			t.Errorf("pieces of %d: kept %q, want %q", size, p.kept.String(), want)
		}
		if want := "go: downloading a v1\ngo: downloading b v1\n"; shown.String() != want {
			t.Errorf("pieces of %d: shown %q, want %q", size, shown.String(), want)
		}
	}
	p := progress{show: iotest.TruncateWriter(&strings.Builder{}, 0)}
	if n, err := p.Write([]byte("go: downloading c v1\nkept\n")); n != 26 || err != nil || p.rest() != "kept\n" {
		t.Errorf("with nobody to show it to: %d, %v, kept %q", n, err, p.rest())
	}
}
