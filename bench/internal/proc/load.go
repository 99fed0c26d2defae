package proc

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
	"syscall"
	"time"
)

// Load watches the machine's processors for a while.
type Load struct {
	machine cpuTime
	own     time.Duration
}

// cpuTime is time of all processors together, in ticks of 10 ms.
type cpuTime struct{ busy, total int64 }

const tick = 10 * time.Millisecond // USER_HZ is 100 everywhere but on Alpha

// WatchLoad starts to watch.
func WatchLoad() (*Load, error) {
	l := &Load{}
	var err error
	if l.machine, err = readCPUTime(); err != nil {
		return nil, err
	}
	l.own, err = ownTime()
	return l, err
}

// Others returns the share of all processors' time that others have used since
// the watch began: neither this process nor children that have ended. Time
// that the hypervisor gave to others counts, too.
func (l *Load) Others() (float64, error) {
	machine, err := readCPUTime()
	if err != nil {
		return 0, err
	}
	own, err := ownTime()
	if err != nil {
		return 0, err
	}
	total := machine.total - l.machine.total
	if total <= 0 {
		return 0, nil
	}
	busy := float64(machine.busy-l.machine.busy) - float64(own-l.own)/float64(tick)
	return max(busy/float64(total), 0), nil
}

func readCPUTime() (cpuTime, error) {
	text, err := os.ReadFile("/proc/stat")
	if err != nil {
		return cpuTime{}, fmt.Errorf("proc: reading load: %w", err)
	}
	return parseCPUTime(text)
}

// parseCPUTime reads the first line of /proc/stat:
//
//	cpu user nice system idle iowait irq softirq steal guest guest_nice
func parseCPUTime(text []byte) (cpuTime, error) {
	line, _, _ := bytes.Cut(text, []byte("\n"))
	fields := bytes.Fields(line)
	if len(fields) < 9 || string(fields[0]) != "cpu" {
		return cpuTime{}, fmt.Errorf("proc: reading load: the first line is %q", line)
	}
	var c cpuTime
	for i, f := range fields[1:9] { // guest time is in user time already
		n, err := strconv.ParseInt(string(f), 10, 64)
		if err != nil {
			return cpuTime{}, fmt.Errorf("proc: reading load: %w", err)
		}
		c.total += n
		if i != 3 && i != 4 { // idle, iowait
			c.busy += n
		}
	}
	return c, nil
}

// ownTime is the processor time of this process and of its ended children.
func ownTime() (time.Duration, error) {
	var sum time.Duration
	for _, who := range []int{syscall.RUSAGE_SELF, syscall.RUSAGE_CHILDREN} {
		var u syscall.Rusage
		if err := syscall.Getrusage(who, &u); err != nil {
			return 0, fmt.Errorf("proc: reading own time: %w", err)
		}
		sum += time.Duration(u.Utime.Nano() + u.Stime.Nano())
	}
	return sum, nil
}
