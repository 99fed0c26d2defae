package sdkbuild

import "strings"

// goFlags is what counts of the user's GOFLAGS. The rest either clashes with
// what the build needs (-mod in a workspace, -buildmode, -overlay, -modfile) or
// is meant for other kinds of builds (-race).
type goFlags struct {
	tags []string
	mod  string
	keep []string
}

func parseGoFlags(text string) goFlags {
	var f goFlags
	for _, flag := range strings.Fields(text) {
		name, value, _ := strings.Cut(strings.TrimLeft(flag, "-"), "=")
		switch name {
		case "tags":
			f.tags = splitTags(value)
		case "mod":
			f.mod = value
		case "buildvcs", "modcacherw", "p":
			f.keep = append(f.keep, flag)
		}
	}
	return f
}

// env is the GOFLAGS entry for the build's own go commands. It is never empty:
// the go command takes an empty variable for an unset one, and then uses what
// `go env -w GOFLAGS=...` left behind.
//
// The commit is left out unless the user wants it: a module with it could not be
// asked for it without running, and would differ from one built a commit later
// of the same source, so that everything kept by the module's hash is made again.
func (f goFlags) env() string {
	return "GOFLAGS=" + strings.Join(append([]string{"-trimpath", "-buildvcs=false"}, f.keep...), " ")
}

func splitTags(text string) []string {
	return strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ' ' })
}
