// Package stack captures call stacks in the form FC reports them.
package stack

import (
	"runtime"
	"strings"
)

// Depth is the greatest number of frames in a trace.
const Depth = 32

// Frame is one line of a stack trace.
type Frame struct {
	Path  string
	Line  int
	Label string
}

// Capture returns the stack of the calling goroutine, innermost frame first. A
// skip of 0 starts at the caller of Capture, 1 at the caller's caller.
func Capture(skip int) []Frame {
	var pcs [Depth]uintptr
	n := runtime.Callers(2+skip, pcs[:]) // 2: runtime.Callers and Capture
	trace := make([]Frame, 0, n)
	frames := runtime.CallersFrames(pcs[:n])
	for len(trace) < Depth {
		frame, more := frames.Next()
		if frame.PC != 0 || frame.Function != "" || frame.File != "" {
			trace = append(trace, trim(frame.File, frame.Line, frame.Function))
		}
		if !more {
			break
		}
	}
	return trace
}

// trim makes a frame independent of where it was compiled. The path keeps the
// file and as many directories as the function's import path has elements, the
// label loses import path and package name:
//
//	/home/u/go/src/pkg/sub/file.go  pkg/sub.(*T).Run   pkg/sub/file.go  (*T).Run
//	/code/main.go                   main.handle        code/main.go     handle
func trim(path string, line int, function string) Frame {
	at := len(path)
	for n := strings.Count(function, "/") + 2; n > 0 && at != -1; n-- {
		at = strings.LastIndexByte(path[:at], '/')
	}
	label := function[strings.LastIndexByte(function, '/')+1:]
	label = label[strings.IndexByte(label, '.')+1:]
	return Frame{Path: path[at+1:], Line: line, Label: label}
}
