package runner

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/wafer-run/wafer/abi"
)

// TestStackOfServer reads stacks as servers may send them.
func TestStackOfServer(t *testing.T) {
	for text, want := range map[string]int{
		"null":                                0,
		"[]":                                  0,
		`[{"path": "a.go", "line": 7}, null]`: 2,
		"[" + strings.Repeat("{},", 1_000_000) + "{}]": abi.MaxStack,
	} {
		var s stack
		if err := json.Unmarshal([]byte(text), &s); err != nil || len(s) != want || cap(s) > 2*abi.MaxStack {
			t.Errorf("%.50s: %d frames, room for %d, %v", text, len(s), cap(s), err)
		}
	}
	var s stack
	if err := json.Unmarshal([]byte(`"main.go:7"`), &s); err == nil {
		t.Error("a string is a stack")
	}
}
