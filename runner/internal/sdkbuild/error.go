package sdkbuild

import "errors"

// Reasons why a handler cannot be built. Test for them with errors.Is; the
// *[Error] around them says what was found and what to do.
var (
	// Before the build.
	ErrNoToolchain  = errors.New("no Go toolchain")
	ErrOldToolchain = errors.New("the Go toolchain is too old")
	ErrNoPackage    = errors.New("no such package")
	ErrTarget       = errors.New("no such target")

	// About the package.
	ErrNotMain  = errors.New("not a main package")
	ErrNoSDK    = errors.New("the package does not import the FC SDK")
	ErrTwoSDKs  = errors.New("the package imports the FC SDK under two paths")
	ErrCgo      = errors.New("the package needs cgo")
	ErrModules  = errors.New("the package's dependencies cannot be loaded")
	ErrCompile  = errors.New("the package does not compile")
	ErrInternal = errors.New("the build went wrong") // and the handler is not to blame
)

// Error is a failure that the handler's author can do something about.
type Error struct {
	// Reason is one of the Err values of this package.
	Reason error
	// Message says what was found and what to do, for people. It may have
	// several lines.
	Message string
}

func (e *Error) Error() string { return "sdkbuild: " + e.Message }

// Unwrap returns the reason.
func (e *Error) Unwrap() error { return e.Reason }
