// Package watch waits for files to change.
package watch
