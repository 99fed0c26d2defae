package runner_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/wafer-run/wafer/abi"
	"github.com/wafer-run/wafer/hostfns"
	"github.com/wafer-run/wafer/runner"
	"github.com/wafer-run/wafer/runner/internal/wasm"
	"github.com/wafer-run/wafer/runner/runnertest"
)

// i32s returns the type of a function of n i32 with m i32 as results.
func i32s(n, m int) wasm.FuncType {
	list := func(n int) (l []wasm.ValueType) {
		for range n {
			l = append(l, wasm.I32)
		}
		return l
	}
	return wasm.FuncType{Params: list(n), Results: list(m)}
}

// guest makes a module that imports request_read and response_write as
// functions 0 and 1, has one page of memory, and whose entry point has body.
func guest(body ...byte) *wasm.Module {
	m := &wasm.Module{
		Types: []wasm.FuncType{i32s(2, 1), i32s(3, 1), i32s(0, 0)},
		Imports: []wasm.Import{
			{Module: abi.Module, Name: abi.ImportRequestRead, Kind: wasm.ExternFunc, Type: 1},
			{Module: abi.Module, Name: abi.ImportResponseWrite, Kind: wasm.ExternFunc, Type: 1},
		},
		Functions: []uint32{0},
		Memories:  []wasm.Memory{{Limits: wasm.Limits{Min: 1}}},
		Exports: []wasm.Export{
			{Name: abi.ExportMemory, Kind: wasm.ExternMemory},
			{Name: abi.ExportCall, Kind: wasm.ExternFunc, Index: 2},
		},
		Codes: []wasm.FuncBody{{Body: append(body, 0x0b)}},
	}
	return m
}

// constants pushes i32 constants.
func constants(vs ...int32) []byte {
	var b []byte
	for _, v := range vs {
		b = append(append(b, 0x41), wasm.AppendI64(nil, int64(v))...)
	}
	return b
}

// only runs body for invoke calls, and answers "unsupported" to all others.
func only(body ...byte) []byte {
	b := []byte{0x20, 0x00, 0x41, 0x01, 0x47, 0x04, 0x40} // kind != 1: if
	b = append(b, constants(int32(abi.StatusUnsupported))...)
	b = append(b, 0x0f, 0x0b) // return, end
	return append(b, body...)
}

func TestBadModules(t *testing.T) {
	good := guest(constants(2)...).Encode()
	edit := func(f func(m *wasm.Module)) []byte {
		m := guest(constants(2)...)
		f(m)
		return m.Encode()
	}
	r := runnertest.New(t)
	for _, tt := range []struct {
		name string
		wasm []byte
		want string
	}{
		{"empty", nil, "it is not a wasm file: 0 bytes"},
		{"text", []byte("#!/bin/sh\necho hello"), `it is not a wasm file: it starts with "#!/b"`},
		{"elf", []byte("\x7fELF\x02\x01\x01\x00rest"), `it is not a wasm file: it starts with "\x7fELF"`},
		{"component", []byte("\x00asm\x0d\x00\x01\x00"), "components are not supported"},
		{"truncated", good[:len(good)-3], "cut off within code section"},
		{"no exports", edit(func(m *wasm.Module) { m.Exports = nil }), "exports neither wafer_v1_call"},
		{"other version", edit(func(m *wasm.Module) { m.Exports[1].Name = "wafer_v2_call" }), "speaks ABI version 2, this host speaks version 1"},
		{"no memory", edit(func(m *wasm.Module) { m.Exports = m.Exports[1:] }), `does not export its memory as "memory"`},
		{"entry type", edit(func(m *wasm.Module) {
			m.Functions[0] = 1
		}), "export wafer_v1_call has type (i32, i32, i32) -> (i32), want (i32, i32) -> (i32)"},
		{"initialize type", edit(func(m *wasm.Module) {
			m.Exports = append(m.Exports, wasm.Export{Name: "_initialize", Kind: wasm.ExternFunc, Index: 2})
		}), "export _initialize has type (i32, i32) -> (i32), want () -> ()"},
		{"unknown module", edit(func(m *wasm.Module) { m.Imports[0].Module = "env" }), `import "env" "request_read" is not granted`},
		{"unknown function", edit(func(m *wasm.Module) { m.Imports[0].Name = "request_red" }), `import "wafer_v1" "request_red" is not granted`},
		{"import type", edit(func(m *wasm.Module) { m.Imports[0].Type = 0 }), `import "wafer_v1" "request_read" has type (i32, i32) -> (i32), want (i32, i32, i32) -> (i32)`},
		{"imported memory", edit(func(m *wasm.Module) {
			m.Imports = append(m.Imports, wasm.Import{Module: "env", Name: "mem", Kind: wasm.ExternMemory, Memory: wasm.Memory{Limits: wasm.Limits{Min: 1}}})
			m.Memories = nil
		}), `import "env" "mem" is a memory: only functions can be imported`},
		{"ungranted", edit(func(m *wasm.Module) {
			m.Types = append(m.Types, i32s(3, 0))
			m.Imports = append(m.Imports, wasm.Import{Module: abi.LogModule, Name: abi.ImportLogWrite, Kind: wasm.ExternFunc, Type: 3})
			m.Exports[1].Index = 3
		}), `capability "logs" is not granted`},
		{"meter import", edit(func(m *wasm.Module) {
			m.Imports[0] = wasm.Import{Module: "wafer_meter_v1", Name: "refill", Kind: wasm.ExternFunc, Type: 2}
		}), `import "wafer_meter_v1" "refill" is reserved`},
		{"four gigabytes", edit(func(m *wasm.Module) { m.Memories[0].Min = 65536 }), "the module needs 4294967296 bytes of memory from the start, the limit is 536870912"},
		{"data outside", edit(func(m *wasm.Module) {
			m.Datas = []wasm.Data{{Offset: wasm.I32Expr(-1), Init: []byte("x")}}
		}), "data segment 0 ends at byte 4294967296 of an initial memory of 65536"},
		{"does not validate", guest(0x6a).Encode(), "i32.add"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			cfg := runner.NewFunctionConfig("bad").WithoutGrant("logs")
			_, err := r.Load(context.Background(), cfg, tt.wasm)
			var load *runner.LoadError
			if !errors.As(err, &load) || load.Function != "bad" {
				t.Fatalf("error %v, want a LoadError", err)
			}
			if !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %q does not say %q", err, tt.want)
			}
			if strings.Count(err.Error(), "\n") > 3 {
				t.Errorf("error has many lines: %q", err)
			}
		})
	}
}

func TestBadPointers(t *testing.T) {
	r := runnertest.New(t)
	const read, write = 0, 1
	call := func(f byte, args ...int32) []byte {
		return only(append(append(constants(args...), 0x10, f), 0x1a, 0x41, 0x00)...)
	}
	for _, tt := range []struct {
		name string
		body []byte
		want hostfns.Fault
	}{
		{"read behind the end", call(read, 65536, 0, 1), hostfns.Fault{Func: "wafer_v1.request_read", Ptr: 65536, Len: 1, Memory: 65536}},
		{"read across the end", call(read, 65535, 0, 2), hostfns.Fault{Func: "wafer_v1.request_read", Ptr: 65535, Len: 2, Memory: 65536}},
		{"read near 2^32", call(read, -16, 0, 32), hostfns.Fault{Func: "wafer_v1.request_read", Ptr: 0xfffffff0, Len: 32, Memory: 65536}},
		{"read 2^32-1", call(read, 0, 0, -1), hostfns.Fault{Func: "wafer_v1.request_read", Ptr: 0, Len: 0xffffffff, Memory: 65536}},
		{"write behind the end", call(write, 1, 65537, 0), hostfns.Fault{Func: "wafer_v1.response_write", Ptr: 65537, Len: 0, Memory: 65536}},
		{"write near 2^32", call(write, 1, -1, 1), hostfns.Fault{Func: "wafer_v1.response_write", Ptr: 0xffffffff, Len: 1, Memory: 65536}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := runnertest.Load(t, r, runner.NewFunctionConfig("bad"), guest(tt.body...).Encode())
			for range 2 { // the second call gets an instance of its own
				_, err := f.Invoke(context.Background(), runner.Event{Payload: []byte("x")})
				var fault *hostfns.Fault
				if !errors.As(err, &fault) || *fault != tt.want {
					t.Fatalf("error %v, want %v", err, &tt.want)
				}
			}
		})
	}
	for name, body := range map[string][]byte{
		"empty read at the end":  call(read, 65536, 0, 0),
		"empty write at the end": call(write, 1, 65536, 0),
		"read from far behind":   call(read, 0, -1, 16),
	} {
		t.Run(name, func(t *testing.T) {
			f := runnertest.Load(t, r, runner.NewFunctionConfig("good"), guest(body...).Encode())
			if got := invoke(t, f, runner.Event{Payload: []byte("x")}); got != "" {
				t.Errorf("payload %q", got)
			}
		})
	}
}

func TestBadAnswers(t *testing.T) {
	r := runnertest.New(t)
	for _, tt := range []struct {
		name string
		body []byte
		kind runner.ErrorKind
		want string
	}{
		{"status", constants(77), runner.ProtocolBroken, "wafer_v1_call returned status(77) for invoke"},
		{"unsupported", constants(2), runner.ProtocolBroken, "does not handle invoke calls"},
		{"malformed", constants(3), runner.ProtocolBroken, "could not decode the invoke request"},
		{"error without words", constants(1), runner.HandlerFailed, "without describing it"},
		{"unreachable", []byte{0x00}, runner.Exited, "Process exited unexpectedly"},
		{"division", append(constants(1, 0), 0x6d), runner.Trapped, "Process exited unexpectedly"},
		{"endless recursion", []byte{0x20, 0, 0x20, 1, 0x10, 2}, runner.Trapped, "Process exited unexpectedly"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := runnertest.Load(t, r, runner.NewFunctionConfig("bad"), guest(only(tt.body...)...).Encode())
			_, err := f.Invoke(context.Background(), runner.Event{})
			var failed *runner.InvokeError
			if !errors.As(err, &failed) || failed.Kind != tt.kind || !strings.Contains(failed.Message, tt.want) {
				t.Fatalf("error %v, want %q with %q", err, tt.kind, tt.want)
			}
		})
	}
}

func TestBadBoot(t *testing.T) {
	r := runnertest.New(t)
	for boot, want := range map[string]string{
		"return": "without calling fc.Start",
		"panic":  "boot panic",
		"exit":   "no luck today",
		"spin":   "deadline",
	} {
		t.Run(boot, func(t *testing.T) {
			cfg := runner.NewFunctionConfig("chaos").WithEnv(map[string]string{"BOOT": boot})
			if boot == "spin" {
				cfg = cfg.WithInitializationTimeout(200 * time.Millisecond)
			}
			_, err := r.Load(context.Background(), cfg, chaos(t))
			var failed *runner.InvokeError
			if !errors.As(err, &failed) || failed.Kind != runner.BootFailed {
				t.Fatalf("error %v, want a failed boot", err)
			}
			if !strings.Contains(err.Error(), want) {
				t.Errorf("error %q does not say %q", err, want)
			}
		})
	}
}
