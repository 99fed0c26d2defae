package manifest

import "fmt"

// Problem is one mistake in a manifest.
type Problem struct {
	Pos  Pos    // where
	Path string // of the field, as in resources.hello.props.timeout; may be empty
	Text string // what was found and what is wanted
}

// String returns the problem in one line.
func (p Problem) String() string {
	if p.Path == "" {
		return fmt.Sprintf("%s: %s", p.Pos, p.Text)
	}
	return fmt.Sprintf("%s: %s %s", p.Pos, p.Path, p.Text)
}
