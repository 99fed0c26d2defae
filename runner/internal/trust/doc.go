// Package trust decides which directories may hold what is executed or mapped
// into sandboxes: such files are as trusted as the program itself.
package trust
