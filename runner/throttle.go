package runner

import "time"

// throttleBurst is how long a guest may run at full speed before its share is
// enforced, so that short invocations are not slowed down at all.
const throttleBurst = 20 * time.Millisecond

// throttle returns what an instance with a share of one CPU asks how long it
// has to pause after it ran for a while, or nil when it never has to.
//
// It is a bucket of running time: filled at the rate of the share, emptied by
// what the guest ran, and in debt for as long as the pause.
func throttle(share float64) func(ran time.Duration) time.Duration {
	if share <= 0 || share >= 1 {
		return nil
	}
	credit, last := throttleBurst, time.Now()
	return func(ran time.Duration) time.Duration {
		now := time.Now()
		earned := time.Duration(float64(now.Sub(last)) * share)
		credit = min(credit+earned, throttleBurst) - ran
		last = now
		if credit >= 0 {
			return 0
		}
		return time.Duration(float64(-credit) / share)
	}
}
