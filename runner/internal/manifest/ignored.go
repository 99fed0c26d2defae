package manifest

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Ignored is a field that FC knows and wafer has no use for.
type Ignored struct {
	Field string   `json:"field"` // from props on, as in nasConfig
	Why   string   `json:"why"`
	Pos   Pos      `json:"pos"`          // of the first
	In    []string `json:"in,omitempty"` // ids of the resources that have it
}

// Ignore notes a field that is there and not used, once for all resources. id is
// the resource that has it, "" for the file. What only the code tells is noted after
// [Parse].
func (m *Manifest) Ignore(field, why string, pos Pos, id string) {
	i := slices.IndexFunc(m.Ignored, func(i Ignored) bool { return i.Field == field && i.Why == why })
	if i < 0 {
		i = len(m.Ignored)
		m.Ignored = append(m.Ignored, Ignored{Field: field, Why: why, Pos: pos})
	}
	if ig := &m.Ignored[i]; id != "" && !slices.Contains(ig.In, id) {
		ig.In = append(ig.In, id)
	}
	slices.SortStableFunc(m.Ignored, func(a, b Ignored) int {
		return cmp.Or(cmp.Compare(a.Pos.Line, b.Pos.Line), cmp.Compare(a.Pos.Column, b.Pos.Column), strings.Compare(a.Field, b.Field))
	})
}

// String returns it in one line.
func (i Ignored) String() string {
	in := ""
	if len(i.In) > 0 {
		in = " in " + strings.Join(i.In, ", ")
	}
	return fmt.Sprintf("%s: %s%s is ignored: %s", i.Pos, i.Field, in, i.Why)
}
