package figure

import "fmt"

// Unit says how a number is written.
type Unit string

// The units. Numbers are kept in base units: ratios, seconds and bytes.
const (
	Fraction     Unit = "fraction" // ours as a fraction of theirs, 1/40
	Factor       Unit = "factor"   // 1.25x
	Percent      Unit = "percent"  // of a ratio
	Milliseconds Unit = "ms"       // of seconds
	Microseconds Unit = "us"       // of seconds
	KiB          Unit = "KiB"      // of bytes
	MiB          Unit = "MiB"      // of bytes
	GiB          Unit = "GiB"      // of bytes
	Count        Unit = "count"
)

// Format writes v, which is in base units.
func (u Unit) Format(v float64) string {
	switch u {
	case Fraction:
		if v <= 0 {
			return "0"
		}
		return fmt.Sprintf("1/%.3g", 1/v)
	case Factor:
		return fmt.Sprintf("%.2fx", v)
	case Percent:
		return fmt.Sprintf("%.3g %%", v*100)
	case Milliseconds:
		return fmt.Sprintf("%.4g ms", v*1e3)
	case Microseconds:
		return fmt.Sprintf("%.4g us", v*1e6)
	case KiB:
		return fmt.Sprintf("%.4g KiB", v/(1<<10))
	case MiB:
		return fmt.Sprintf("%.4g MiB", v/(1<<20))
	case GiB:
		return fmt.Sprintf("%.3g GiB", v/(1<<30))
	}
	return fmt.Sprintf("%.6g", v)
}

// Interval writes an interval of that unit.
func (u Unit) Interval(low, high float64) string { return u.Format(low) + " to " + u.Format(high) }
