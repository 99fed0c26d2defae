package process

import (
	"runtime"

	"golang.org/x/sys/unix"
)

// onThread runs f on a thread of its own, which ends with f and takes along
// whatever f did to it: namespaces, restrictions, children that are to die with
// it. It does not wait. The program's main thread is left out: it cannot end,
// and /proc/self shows it to everybody.
func onThread(f func()) {
	go func() {
		runtime.LockOSThread()
		if unix.Gettid() != unix.Getpid() {
			f()
			return // without unlocking, which ends the thread
		}
		// While this goroutine keeps the main thread, another gets another.
		elsewhere := make(chan struct{})
		go func() {
			runtime.LockOSThread()
			close(elsewhere)
			f()
		}()
		<-elsewhere
		runtime.UnlockOSThread()
	}()
}
