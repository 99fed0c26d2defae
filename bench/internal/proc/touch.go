package proc

import (
	"fmt"
	"syscall"
)

// Touch uses n bytes of memory and gives them back. On a virtual machine the
// first use of a page that the hypervisor has not backed yet costs as much as
// a whole page fault many times over; whoever measures memory-hungry things
// wants that to have happened before.
func Touch(n int64) error {
	b, err := syscall.Mmap(-1, 0, int(n), syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_PRIVATE|syscall.MAP_ANON)
	if err != nil {
		return fmt.Errorf("proc: touching %d bytes: %w", n, err)
	}
	for i := 0; i < len(b); i += 4096 {
		b[i] = 1
	}
	if err := syscall.Munmap(b); err != nil {
		return fmt.Errorf("proc: touching %d bytes: %w", n, err)
	}
	return nil
}
