//go:build !race

package sdkbuild_test

const raceEnabled = false
