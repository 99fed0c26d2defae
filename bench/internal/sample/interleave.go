package sample

import "context"

// Interleave runs every side in turn, for so many rounds: A B A B. Whatever
// drifts on the machine meanwhile drifts under all of them. Every other round
// goes the other way round, so that none always follows the same.
//
// # Errors
//
// The first error of a side, or ctx's.
func Interleave(ctx context.Context, rounds int, sides ...func() error) error {
	for round := range rounds {
		for i := range sides {
			if round%2 == 1 {
				i = len(sides) - 1 - i
			}
			if err := ctx.Err(); err != nil {
				return err
			}
			if err := sides[i](); err != nil {
				return err
			}
		}
	}
	return nil
}

// Repeat returns a side that runs f n times.
func Repeat(n int, f func() error) func() error {
	return func() error {
		for range n {
			if err := f(); err != nil {
				return err
			}
		}
		return nil
	}
}
