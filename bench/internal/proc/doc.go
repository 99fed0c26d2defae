// Package proc reads what the kernel knows about this process and the machine:
// private memory, who else is using the processors. It needs Linux.
package proc
