package engine

import (
	"fmt"
	"reflect"
	"sync"
	"unsafe"

	"github.com/tetratelabs/wazero/api"
)

const (
	// stackSize is what a stack begins with: handlers of Go with encoding/json take
	// 10 to 20 KiB.
	stackSize = 24 << 10
	// maxStack is the largest that is kept. A deep recursion leaves up to 100 MB.
	maxStack = 64 << 10
	// stackAlways is what every guest may have.
	stackAlways = 16 << 20
)

// stacks lends out the stacks that guests of one module run on. wazero's compiler
// gives each function that is looked up one of its own, of 10 KiB, which grows in
// the first call, and stays; a call is the only time that it is needed.
//
// That is private to wazero, hence the care: names and types are checked, so is
// what they hold in the first function that is looked up, and on any doubt
// functions keep theirs.
//
// See RATIONALE.md#why-do-instances-borrow-their-stack
type stacks struct {
	look sync.Once
	at   stackFields
	idle sync.Pool // of *[]byte
}

// stackFields is where a *wazevo.callEngine has its stack.
type stackFields struct {
	engine                   reflect.Type // nil where it is not known
	stack, top, bottom, last uintptr
}

// stack is where one function has its stack.
type stack struct {
	bytes  *[]byte
	top    *uintptr
	bottom **byte
	last   **uint64 // where it was when the host was last called: it would keep the stack alive
	lent   *[]byte  // during a call
}

// own takes the function's stack away, and returns where one is to be put for
// every call, or nil where the function keeps its own.
func (s *stacks) own(f api.Function) *stack {
	s.look.Do(func() { s.at = findStack(f) })
	if s.at.engine == nil || reflect.TypeOf(f) != s.at.engine {
		return nil
	}
	st := s.at.of(f)
	st.take()
	return st
}

// lend puts a stack where a function has its own.
func (s *stacks) lend(st *stack) {
	b, ok := s.idle.Get().(*[]byte)
	if !ok {
		fresh := make([]byte, stackSize)
		b = &fresh
	}
	st.lent = b
	*st.bytes, *st.top, *st.bottom = *b, topOf(*b), &(*b)[0]
}

// recover takes it back, larger where it has grown.
func (s *stacks) recover(st *stack) {
	b := st.lent
	if *b, st.lent = st.take(), nil; len(*b) <= maxStack {
		s.idle.Put(b)
	}
}

func (st *stack) take() []byte {
	b := *st.bytes
	*st.bytes, *st.top, *st.bottom, *st.last = nil, 0, nil, nil
	return b
}

// checkStack ends a call whose stack is larger than its memory may be: it is
// the host's, and a guest of few megabytes would have up to 100 of it. Between two
// looks it grows by some megabytes, or to those 100 where frames are very large.
func (in *Instance) checkStack() {
	if in.running == nil {
		return
	}
	if n, limit := uint64(len(*in.running.bytes)), max(in.mem.Limit(), stackAlways); n > limit {
		panic(&Trap{Reason: fmt.Sprintf("stack overflow: the call stack has %d bytes, the limit is %d, as for the memory", n, limit)})
	}
}

// topOf is where a stack begins: calls grow it downwards, in steps of 16 bytes.
func topOf(b []byte) uintptr { return uintptr(unsafe.Pointer(&b[len(b)-1])) &^ 15 }

// findStack finds the fields in a function that was just looked up.
func findStack(f api.Function) (at stackFields) {
	t := reflect.TypeOf(f)
	if t.Kind() != reflect.Pointer || t.Elem().Kind() != reflect.Struct {
		return at
	}
	bytes, ok1 := field[[]byte](t.Elem(), "stack")
	top, ok2 := field[uintptr](t.Elem(), "stackTop")
	ctx, ok3 := t.Elem().FieldByName("execCtx")
	if !ok1 || !ok2 || !ok3 || ctx.Type.Kind() != reflect.Struct {
		return at
	}
	bottom, ok1 := field[*byte](ctx.Type, "stackBottomPtr")
	last, ok2 := field[*uint64](ctx.Type, "stackPointerBeforeGoCall")
	if !ok1 || !ok2 {
		return at
	}
	found := stackFields{engine: t, stack: bytes, top: top, bottom: ctx.Offset + bottom, last: ctx.Offset + last}
	if st := found.of(f); len(*st.bytes) == 0 || *st.top != topOf(*st.bytes) || *st.bottom != &(*st.bytes)[0] {
		return at
	}
	return found
}

// field returns the offset of a struct's field, if it has one of that name and
// type.
func field[T any](t reflect.Type, name string) (offset uintptr, ok bool) {
	f, ok := t.FieldByName(name)
	return f.Offset, ok && f.Type == reflect.TypeFor[T]()
}

func (at *stackFields) of(f api.Function) *stack {
	p := reflect.ValueOf(f).UnsafePointer()
	return &stack{
		bytes: (*[]byte)(unsafe.Add(p, at.stack)), top: (*uintptr)(unsafe.Add(p, at.top)),
		bottom: (**byte)(unsafe.Add(p, at.bottom)), last: (**uint64)(unsafe.Add(p, at.last)),
	}
}
