//go:build linux && !wafer_portable

package code

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"sync"
	"unsafe"

	"github.com/tetratelabs/wazero"
	"golang.org/x/sys/unix"
)

// compiled points at what makes up a module that wazero has compiled:
//
//	wazero.compiledModule
//	├─ module *wasm.Module ── ID
//	└─ compiledEngine *wazevo.engine
//	   ├─ mux
//	   ├─ compiledModules[ID] *compiledModuleWithCount
//	   │  └─ compiledModule
//	   │     ├─ executables ── executable []byte    the machine code
//	   │     ├─ functionOffsets []int               of each function in it
//	   │     └─ sourceMap, catchClauseTable         empty for our modules
//	   └─ sortedCompiledModules []*compiledModule   by address of executable
//
// wazero gives no other way to say where code is. Machine code does not depend
// on its address and refers to its module by a pointer that instances pass, so
// the code of a module also serves its husk.
//
// All of this is private to wazero, hence the care: types and names are
// checked each time, the version is checked once, so is the result
// (see selfTest), and on any doubt modules are compiled the ordinary way.
type compiled struct {
	mux     *sync.RWMutex
	sorted  *[]unsafe.Pointer // *wazevo.compiledModule
	self    unsafe.Pointer    // *wazevo.compiledModule
	code    *[]byte
	offsets *[]int
	// where a *wazevo.compiledModule has its executables, and these their code
	executablesAt, executableAt uintptr
}

// dissect finds the parts of a compiled module.
func dissect(cm wazero.CompiledModule) (c *compiled, err error) {
	defer func() {
		if p := recover(); p != nil { // reflection panics on what it does not find
			c, err = nil, fmt.Errorf("code: finding the parts of a compiled module: %v", p)
		}
	}()
	public := reflect.ValueOf(cm).Elem()
	engine := public.FieldByName("compiledEngine").Elem().Elem()
	id := public.FieldByName("module").Elem().FieldByName("ID")
	c = &compiled{mux: part[sync.RWMutex](engine, "mux")}
	c.mux.RLock()
	counted := engine.FieldByName("compiledModules").MapIndex(id)
	c.mux.RUnlock()
	module := counted.Elem().FieldByName("compiledModule").Elem()
	executables := module.FieldByName("executables").Elem()
	c.self = unsafe.Pointer(module.UnsafeAddr())
	c.code = part[[]byte](executables, "executable")
	c.offsets = part[[]int](module, "functionOffsets")
	c.executablesAt, c.executableAt = offsetOf(module, "executables"), offsetOf(executables, "executable")
	sorted := engine.FieldByName("sortedCompiledModules")
	if want := reflect.SliceOf(module.Addr().Type()); sorted.Type() != want {
		return nil, fmt.Errorf("code: finding the parts of a compiled module: sorted modules are %s, want %s", sorted.Type(), want)
	}
	c.sorted = (*[]unsafe.Pointer)(unsafe.Pointer(sorted.UnsafeAddr()))
	if n := module.FieldByName("sourceMap").FieldByName("executableOffsets").Len() + module.FieldByName("catchClauseTable").Len(); n != 0 {
		return nil, errors.New("code: finding the parts of a compiled module: it has source lines or exception handlers")
	}
	return c, nil
}

// part returns a pointer to a field, which must have type T.
func part[T any](v reflect.Value, name string) *T {
	f := v.FieldByName(name)
	if want := reflect.TypeFor[T](); f.Type() != want {
		panic(fmt.Sprintf("field %s is %s, want %s", name, f.Type(), want))
	}
	return (*T)(unsafe.Pointer(f.UnsafeAddr()))
}

func offsetOf(v reflect.Value, name string) uintptr {
	f, _ := v.Type().FieldByName(name)
	return f.Offset
}

// replace gives the module other code, which must have been mapped by
// [unix.Mmap]: wazero unmaps it when nothing refers to the module any more. No
// function of the module may have been looked up yet.
func (c *compiled) replace(code []byte, offsets []int) error {
	c.mux.Lock()
	defer c.mux.Unlock()
	list := *c.sorted
	at := slices.Index(list, c.self)
	if at < 0 || len(*c.code) == 0 || len(*c.offsets) != len(offsets) {
		return fmt.Errorf("code: replacing code: unexpected module of %d functions, %d bytes", len(*c.offsets), len(*c.code))
	}
	old := *c.code
	list = slices.Delete(list, at, at+1)
	*c.code, *c.offsets = code, offsets
	to, _ := slices.BinarySearchFunc(list, address(code), func(m unsafe.Pointer, want uintptr) int {
		if c.base(m) < want {
			return -1
		}
		return 1
	})
	*c.sorted = slices.Insert(list, to, c.self)
	return unix.Munmap(old)
}

// base returns where the code of a *wazevo.compiledModule begins.
func (c *compiled) base(module unsafe.Pointer) uintptr {
	executables := *(*unsafe.Pointer)(unsafe.Add(module, c.executablesAt))
	return address(*(*[]byte)(unsafe.Add(executables, c.executableAt)))
}

func address(code []byte) uintptr { return uintptr(unsafe.Pointer(unsafe.SliceData(code))) }

// trimmer returns what makes wazero forget modules that have been closed: it
// cuts them off its sorted list, but keeps them in the array behind it.
func trimmer(cm wazero.CompiledModule) func() {
	c, err := dissect(cm)
	if err != nil {
		return func() {}
	}
	mux, sorted := c.mux, c.sorted
	return func() {
		mux.Lock()
		defer mux.Unlock()
		list := *sorted
		clear(list[len(list):cap(list)])
	}
}

// discard frees the code of a module that is not needed after all, without
// waiting for the garbage collector. The module must not be used again, nor
// its runtime: its engine keeps a hole.
func (c *compiled) discard() {
	c.mux.Lock()
	defer c.mux.Unlock()
	if at := slices.Index(*c.sorted, c.self); at >= 0 {
		*c.sorted = slices.Delete(*c.sorted, at, at+1)
	}
	if err := unix.Munmap(*c.code); err == nil {
		*c.code = nil // nothing is left to the finalizer
	}
}
