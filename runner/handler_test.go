package runner_test

import (
	"io"
	"iter"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/wafer-run/wafer/abi"
	"github.com/wafer-run/wafer/runner"
	"github.com/wafer-run/wafer/runner/internal/wasm"
	"github.com/wafer-run/wafer/runner/runnertest"
)

// httpGuest makes a guest that takes HTTP requests and answers with the head
// frame, then the body in two pieces.
func httpGuest(head abi.HTTPHead) []byte {
	const bootAt, headAt, bodyAt = 1024, 2048, 4096
	write := func(part abi.Part, at, n int) []byte {
		return append(append(constants(int32(part), int32(at), int32(n)), 0x10, 1), 0x1a)
	}
	when := func(kind abi.Kind, body []byte) []byte {
		b := []byte{0x20, 0x00, 0x41, byte(kind), 0x46, 0x04, 0x40}
		return append(append(b, body...), append(constants(0), 0x0f, 0x0b)...)
	}
	boot := (&abi.BootInfo{Peer: "test", Handles: abi.HandlesHTTP}).AppendTo(nil)
	frame := head.AppendTo(nil)
	body := when(abi.KindBoot, write(abi.PartBoot, bootAt, len(boot)))
	answer := write(abi.PartHTTPHead, headAt, len(frame))
	answer = append(answer, write(abi.PartHTTPBody, bodyAt, 4)...)
	answer = append(answer, write(abi.PartHTTPBody, bodyAt+4, 3)...)
	body = append(body, when(abi.KindHTTP, answer)...)
	m := guest(append(body, constants(2)...)...)
	for at, b := range map[int32][]byte{bootAt: boot, headAt: frame, bodyAt: []byte("one two")} {
		m.Datas = append(m.Datas, wasm.Data{Offset: wasm.I32Expr(at), Init: b})
	}
	return m.Encode()
}

// pulled is a writer that switches coroutines at every piece, as a server may
// that sends answers from another goroutine.
type pulled struct{ yield func(string) bool }

func (p pulled) WriteHead(int, []runner.Header, int64) error { p.yield("head"); return nil }
func (p pulled) Write(b []byte) (int, error)                 { p.yield(string(b)); return len(b), nil }

// TestAnswerFromCoroutine streams out of a coroutine, with both isolations.
// Go ends the process when a coroutine is switched on a locked thread, so a call
// must not be locked while it writes.
func TestAnswerFromCoroutine(t *testing.T) {
	r := runnertest.New(t)
	for _, isolation := range []runner.Isolation{runner.IsolationInstance, runner.IsolationRequest} {
		f := runnertest.Load(t, r, runner.NewFunctionConfig("stream").WithIsolation(isolation), httpGuest(abi.HTTPHead{}))
		for range 3 {
			next, stop := iter.Pull(func(yield func(string) bool) {
				if _, err := f.InvokeHTTP(t.Context(), &runner.HTTPRequest{Method: "GET", URI: "/", Path: "/"}, pulled{yield}); err != nil {
					t.Error(err)
				}
			})
			var got []string
			for s, ok := next(); ok; s, ok = next() {
				got = append(got, s)
			}
			stop()
			if strings.Join(got, "|") != "head|one |two" {
				t.Errorf("isolation %s: got %q", isolation, got)
			}
		}
	}
}

func TestHandlerStatus(t *testing.T) {
	r := runnertest.New(t)
	for status, want := range map[uint32]int{0: 200, 404: 404, 999: 999, 103: 502, 1000: 502, 1 << 31: 502} {
		f := runnertest.Load(t, r, runner.NewFunctionConfig("f"), httpGuest(abi.HTTPHead{Status: status}))
		rec := httptest.NewRecorder()
		f.Handler().ServeHTTP(rec, httptest.NewRequest(http.MethodGet, "/", nil))
		body, _ := io.ReadAll(rec.Body)
		if rec.Code != want || want != 502 && string(body) != "one two" || want == 502 && !strings.Contains(string(body), "want 200 to 999") {
			t.Errorf("guest's status %d: answered %d %q, want %d", status, rec.Code, body, want)
		}
	}
}
