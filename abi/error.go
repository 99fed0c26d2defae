package abi

import (
	"encoding/binary"
	"fmt"
)

// MaxStack is how many frames of a stack are read. Each may be 16 bytes long, and
// takes several times as many.
const MaxStack = 1000

// StackFrame is one line of a stack trace, innermost first.
type StackFrame struct {
	Path  string
	Line  uint32
	Label string
}

// Error is a failure of the function, written as [PartError].
type Error struct {
	Message string
	Type    string
	Stack   []StackFrame
}

// AppendTo appends the error frame.
func (e *Error) AppendTo(b []byte) []byte {
	b = AppendString(b, TagErrorMessage, e.Message)
	b = AppendString(b, TagErrorType, e.Type)
	for _, f := range e.Stack {
		b = AppendHeader(b, TagStackFrame, 8+len(f.Path)+len(f.Label))
		b = append(b, byte(f.Line), byte(f.Line>>8), byte(f.Line>>16), byte(f.Line>>24))
		n := len(f.Path)
		b = append(b, byte(n), byte(n>>8), byte(n>>16), byte(n>>24))
		b = append(b, f.Path...)
		b = append(b, f.Label...)
	}
	return b
}

// Decode reads an error frame into e, replacing what was there. Nothing
// aliases frame. Of the stack it reads [MaxStack] frames. After an error, e holds
// what was read before it.
//
// # Errors
//
// A [*FrameError].
func (e *Error) Decode(frame []byte) error {
	*e = Error{}
	r := NewReader("error", frame)
	for r.Next() {
		switch r.Tag() {
		case TagErrorMessage:
			e.Message = string(r.Bytes())
		case TagErrorType:
			e.Type = string(r.Bytes())
		case TagStackFrame:
			v := r.Bytes()
			if len(e.Stack) == MaxStack {
				break
			}
			if len(v) < 8 {
				r.Fail(fmt.Sprintf("stack frame needs 8 bytes, has %d", len(v)))
				break
			}
			n := uint64(binary.LittleEndian.Uint32(v[4:]))
			if left := uint64(len(v) - 8); n > left {
				r.Fail(fmt.Sprintf("path needs %d bytes, %d left", n, left))
				break
			}
			e.Stack = append(e.Stack, StackFrame{
				Line:  binary.LittleEndian.Uint32(v),
				Path:  string(v[8 : 8+n]),
				Label: string(v[8+n:]),
			})
		default:
			r.Skip()
		}
	}
	return r.Err()
}
