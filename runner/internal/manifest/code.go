package manifest

// Code says where a function's code is.
type Code struct {
	Path    string // absolute; empty where there is none
	Written string // as the file has it
	Field   string // path of the field, for errors
	Pos     Pos
}

// Problem makes a problem of the code.
func (c Code) Problem(text string) Problem {
	return Problem{Pos: c.Pos, Path: c.Field, Text: text}
}
