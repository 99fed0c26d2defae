package manifest

// Trigger is a trigger of a function. Methods and what follows it belong to
// triggers of the type http.
type Trigger struct {
	Name string
	Type string
	Pos  Pos

	Methods            []string
	Auth               string // anonymous, function or jwt
	DisableURLInternet bool
}
