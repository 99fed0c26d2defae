package sample

import "slices"

// Median returns the median of a list of numbers, or 0 of none.
func Median(list []float64) float64 {
	if len(list) == 0 {
		return 0
	}
	list = slices.Clone(list)
	slices.Sort(list)
	return list[len(list)/2]
}
