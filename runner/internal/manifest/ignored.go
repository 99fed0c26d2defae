package manifest

import (
	"fmt"
	"strings"
)

// Ignored is a field that FC knows and wafer has no use for.
type Ignored struct {
	Field string   `json:"field"` // from props on, as in nasConfig
	Why   string   `json:"why"`
	Pos   Pos      `json:"pos"`          // of the first
	In    []string `json:"in,omitempty"` // ids of the resources that have it
}

// String returns it in one line.
func (i Ignored) String() string {
	in := ""
	if len(i.In) > 0 {
		in = " in " + strings.Join(i.In, ", ")
	}
	return fmt.Sprintf("%s: %s%s is ignored: %s", i.Pos, i.Field, in, i.Why)
}
