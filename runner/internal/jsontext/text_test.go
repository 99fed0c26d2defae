package jsontext

import (
	"encoding/json"
	"testing"
)

func FuzzAppendString(f *testing.F) {
	for _, s := range []string{
		"", "plain", "\"\\/\b\f\n\r\t\x00\x1f\x7f", "<a href='x'>&", "é中😀", "\u2028\u2029\u202a",
		"\xff", "a\xc3", "\xe4\xb8", "\xf0\x9f\x98", "\xed\xa0\x80", "\ufffd", "a\xffb\xfec",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		want, err := json.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		if got := AppendString(nil, s); string(got) != string(want) {
			t.Errorf("%q: got %s, encoding/json writes %s", s, got, want)
		}
		if got := AppendString(nil, []byte(s)); string(got) != string(want) {
			t.Errorf("%q as bytes: got %s, encoding/json writes %s", s, got, want)
		}
	})
}

func TestAllocations(t *testing.T) {
	b, odd := make([]byte, 0, 256), []byte("a \"b\" <c> \xff\u2028 é\n")
	if n := testing.AllocsPerRun(100, func() { b = AppendString(AppendString(b[:0], odd), "plain & simple") }); n != 0 {
		t.Errorf("%v allocations, want none", n)
	}
}
