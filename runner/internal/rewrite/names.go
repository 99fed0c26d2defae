package rewrite

import "strconv"

// The names that rewriting adds to a module. A guest that uses one of them itself
// is refused.
const (
	// ReservedPrefix starts the name of every export that rewriting adds.
	ReservedPrefix = "__wafer_"
	// FuelExport is the mutable i64 global that ticks count down. When a tick
	// leaves it below zero, the guest calls the refill function.
	FuelExport = ReservedPrefix + "fuel"
	// StartExport is the function that a start section referred to.
	StartExport = ReservedPrefix + "start"
	// MeterModule and RefillImport name the host function of type () -> () that is
	// called when the fuel is used up. It sets the global to something positive, or ends
	// the call.
	MeterModule  = "wafer_meter_v1"
	RefillImport = "refill"
	// HuskSection is the custom section that carries the tag of a husk.
	HuskSection = "wafer.husk"
)

// GlobalExport returns the name under which global i is exported.
func GlobalExport(i uint32) string {
	return ReservedPrefix + "g" + strconv.FormatUint(uint64(i), 10)
}
