package manifest

// Domain is a custom domain.
type Domain struct {
	Name     string
	Protocol string // as FC has it: HTTP, HTTPS or HTTP,HTTPS
	Routes   []Route
	// Certificate and PrivateKey are PEM, both or neither.
	Certificate, PrivateKey string
	Pos                     Pos
	Path                    string // of the field, for errors
}

// Route leads a path of a domain to a function.
type Route struct {
	Path      string
	Methods   []string
	Service   string
	Function  string
	Equal     []Rule
	Wildcard  []Rule
	Regex     []Rule
	Pos       Pos
	FieldPath string
}

// Rule replaces a path.
type Rule struct{ Match, Replacement string }
