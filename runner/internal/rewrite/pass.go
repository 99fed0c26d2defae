package rewrite

// Pass is a set of passes.
type Pass uint8

// The passes, in the order [Rewrite] runs them.
const (
	PassCheck   Pass = 1 << iota // refuse imports that are not granted, bound tables and globals
	PassMeter                    // count down and call the host
	PassLift                     // replace tables by code
	PassHoist                    // take data segments and the start function out
	PassGlobals                  // export mutable globals
	PassCustom                   // drop custom sections
)

// String returns the name of a single pass.
func (p Pass) String() string {
	switch p {
	case PassCheck:
		return "check"
	case PassMeter:
		return "meter"
	case PassLift:
		return "lift"
	case PassHoist:
		return "hoist"
	case PassGlobals:
		return "globals"
	case PassCustom:
		return "custom"
	}
	return "passes"
}
