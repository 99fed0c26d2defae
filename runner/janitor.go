package runner

import (
	"path/filepath"
	"time"

	"github.com/wafer-run/wafer/hostfns/logs"
	"github.com/wafer-run/wafer/runner/internal/cachelimit"
)

// janitor keeps the cache directory from growing without end, in the
// background: at the start, after something new was put there, and every hour.
type janitor struct {
	dirs  []string
	limit int64
	look  chan struct{}
	stop  chan struct{}
	done  chan struct{}
}

// startJanitor starts one where there is a directory to look after.
func (r *Runner) startJanitor() {
	if r.cfg.cacheDir == "" || r.cfg.cacheLimit == 0 {
		return
	}
	r.janitor = &janitor{
		dirs:  []string{filepath.Join(r.cfg.cacheDir, "code"), filepath.Join(r.cfg.cacheDir, "snapshots")},
		limit: r.cfg.cacheLimit,
		look:  make(chan struct{}, 1), stop: make(chan struct{}), done: make(chan struct{}),
	}
	go r.janitor.run(r)
}

// grown says that there is something new in the directory.
func (j *janitor) grown() {
	if j == nil {
		return
	}
	select {
	case j.look <- struct{}{}:
	default: // it will look anyway
	}
}

func (j *janitor) close() {
	if j != nil {
		close(j.stop)
		<-j.done
	}
}

func (j *janitor) run(r *Runner) {
	defer close(j.done)
	hourly := time.NewTicker(cachelimit.TouchTime)
	defer hourly.Stop()
	for {
		now := time.Now()
		r.touchFiles(now)
		if _, err := cachelimit.Enforce(j.dirs, j.limit, now, func(name string) bool { return name == "new" }); err != nil {
			logs.New("", r.cfg.logSink).Host("wafer: " + err.Error())
		}
		select {
		case <-j.look:
		case <-hourly.C:
		case <-j.stop:
			return
		}
	}
}

// touchFiles notes that the files of all functions are in use.
func (r *Runner) touchFiles(now time.Time) {
	r.mu.Lock()
	fs := make([]*Function, 0, len(r.functions))
	for f := range r.functions {
		fs = append(fs, f)
	}
	r.mu.Unlock()
	for _, f := range fs {
		f.module.Touch(now)
		if f.snap != nil {
			r.snapshots.Touch(f.snapKey, now)
		}
	}
}
