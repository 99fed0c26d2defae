package fccontext

// FunctionVersion is always empty. It is part of the SDK's surface.
var FunctionVersion string

// Function says which function is invoked, and with which limits.
type Function struct {
	Name    string
	Handler string
	Memory  string // MB, in decimal
	Timeout int    // seconds
}
