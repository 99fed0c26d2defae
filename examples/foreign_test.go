package examples

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/wafer-run/wafer/abi"
	"github.com/wafer-run/wafer/abi/abitest"
)

// compileC builds a C guest as ABI.md says, and skips the test when the machine
// has no compiler for it.
func compileC(t *testing.T, source string) string {
	t.Helper()
	for _, tool := range []string{"clang", "wasm-ld"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("needs %s: Debian packages clang, lld, wasi-libc and libclang-rt-dev-wasm32", tool)
		}
	}
	out := filepath.Join(t.TempDir(), "guest.wasm")
	cmd := exec.Command("clang", "--target=wasm32-wasi", "-O2", "-mexec-model=reactor", "-Wall", "-s", "-o", out, source)
	text, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v\n%s", cmd, err, text)
	}
	if len(text) > 0 {
		t.Errorf("%s: the compiler has something to say:\n%s", source, text)
	}
	return out
}

func frameOf(q *abi.Request) []byte { return q.AppendTo(nil) }

func errorFrame(message, typ string) string {
	return string((&abi.Error{Message: message, Type: typ}).AppendTo(nil))
}

// checkMalformed sends every broken request of the conformance kit. A guest may
// let pass what is wrong with fields that it does not read, but must not trap,
// and must find what it would trip over: cut-off and critical fields.
func checkMalformed(t *testing.T, h *miniHost) {
	t.Helper()
	for _, v := range abitest.Vectors() {
		if v.Frame != abitest.FrameRequest || v.Error == "" {
			continue
		}
		got := h.call(abi.KindInvoke, v.Bytes())
		framing := strings.Contains(v.Error, "header needs") || strings.Contains(v.Error, "value needs") ||
			strings.Contains(v.Error, "critical")
		if framing && got.Status != abi.StatusMalformed {
			t.Errorf("%s: status %s, want malformed", v.Name, got.Status)
		}
	}
}

// TestDocumentGuest builds the C guest that is printed in ABI.md.
func TestDocumentGuest(t *testing.T) {
	page, err := os.ReadFile(filepath.Join("..", "abi", "ABI.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, source, _ := strings.Cut(string(page), "```c\n")
	source, _, ok := strings.Cut(source, "```")
	if !ok {
		t.Fatal("ABI.md has no C guest")
	}
	file := filepath.Join(t.TempDir(), "echo.c")
	if err := os.WriteFile(file, []byte(source), 0o644); err != nil {
		t.Fatal(err)
	}
	h := newMiniHost(t, compileC(t, file))
	if got := h.call(abi.KindBoot, (&abi.BootRequest{Peer: "test"}).AppendTo(nil)); got.Status != abi.StatusUnsupported {
		t.Errorf("boot: %s, want unsupported", got.Status)
	}
	for _, event := range []string{"hello", "", strings.Repeat("x", 60000)} {
		got := h.call(abi.KindInvoke, frameOf(&abi.Request{Context: abi.Context{RequestID: "r-1"}, Body: []byte(event)}))
		want := answer{Parts: map[abi.Part]string{abi.PartPayload: event}}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("event of %d bytes (-want +got):\n%s", len(event), diff)
		}
	}
}

func TestCGuest(t *testing.T) {
	h := newMiniHost(t, compileC(t, filepath.Join("c-guest", "guest.c")))
	head := func(status uint32) string {
		return string((&abi.HTTPHead{
			Status:  status,
			Headers: []abi.Pair{{Key: "Content-Type", Value: "application/json"}},
		}).AppendTo(nil))
	}
	context := abi.Context{RequestID: "r-1", Deadline: 1, FunctionName: "f"}
	for _, tc := range []struct {
		name  string
		kind  abi.Kind
		frame []byte
		want  answer
	}{
		{
			"boot", abi.KindBoot, (&abi.BootRequest{Peer: "test"}).AppendTo(nil),
			answer{Parts: map[abi.Part]string{
				abi.PartBoot: "\x50\x00\x00\x00\x09\x00\x00\x00c-guest/1" + "\x53\x00\x00\x00\x04\x00\x00\x00\x03\x00\x00\x00",
			}},
		}, {
			"event", abi.KindInvoke, frameOf(&abi.Request{Context: context, Body: []byte("one two\nthree")}),
			answer{
				Parts: map[abi.Part]string{abi.PartPayload: `{"lines":1,"words":3,"bytes":13}`},
				Logs:  []string{"[INFO] counted 13 bytes"},
			},
		}, {
			"large event", abi.KindInvoke, frameOf(&abi.Request{Body: []byte(strings.Repeat("ab \n", 1<<20))}),
			answer{
				Parts: map[abi.Part]string{abi.PartPayload: `{"lines":1048576,"words":1048576,"bytes":4194304}`},
				Logs:  []string{"[INFO] counted 4194304 bytes"},
			},
		}, {
			"empty event", abi.KindInvoke, frameOf(&abi.Request{Context: context}),
			answer{
				Status: abi.StatusError,
				Parts:  map[abi.Part]string{abi.PartError: errorFrame("nothing to count", "EmptyEvent")},
			},
		}, {
			"post", abi.KindHTTP,
			frameOf(&abi.Request{HTTP: abi.HTTPRequest{Method: "POST", Path: "/x"}, Body: []byte("a b")}),
			answer{
				Parts: map[abi.Part]string{
					abi.PartHTTPHead: head(200),
					abi.PartHTTPBody: `{"lines":0,"words":2,"bytes":3}` + "\n",
				},
				Logs: []string{"[INFO] POST /x"},
			},
		}, {
			"get", abi.KindHTTP, frameOf(&abi.Request{HTTP: abi.HTTPRequest{Method: "GET", Path: "/y"}}),
			answer{
				Parts: map[abi.Part]string{
					abi.PartHTTPHead: head(405),
					abi.PartHTTPBody: `"send text with POST"` + "\n",
				},
				Logs: []string{"[INFO] GET /y"},
			},
		},
		{"hook", abi.KindPreStop, frameOf(&abi.Request{}), answer{Status: abi.StatusUnsupported, Parts: map[abi.Part]string{}}},
		{"later kind", 99, nil, answer{Status: abi.StatusUnsupported, Parts: map[abi.Part]string{}}},
	} {
		got := h.call(tc.kind, tc.frame)
		if diff := cmp.Diff(tc.want, normal(t, got)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tc.name, diff)
		}
	}
	checkMalformed(t, h)
}

func TestAssemblyScriptGuest(t *testing.T) {
	if testing.Short() {
		t.Skip("installs packages")
	}
	dir := installNPM(t, "assemblyscript-guest")
	build := exec.Command("npm", "run", "--silent", "build")
	build.Dir = dir
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", build, err, out)
	}
	h := newMiniHost(t, filepath.Join(dir, "assemblyscript-guest.wasm"))
	for _, tc := range []struct {
		name  string
		kind  abi.Kind
		event string
		want  answer
	}{
		{"boot", abi.KindBoot, "", answer{Status: abi.StatusUnsupported, Parts: map[abi.Part]string{}}},
		{"title", abi.KindInvoke, "  Hello, World 2!", answer{Parts: map[abi.Part]string{abi.PartPayload: "hello-world-2"}}},
		{"no letters", abi.KindInvoke, "?!", answer{
			Status: abi.StatusError,
			Parts:  map[abi.Part]string{abi.PartError: errorFrame("the title has no letters and no digits", "EmptySlug")},
		}},
		{"long title", abi.KindInvoke, strings.Repeat("word ", 2000), answer{
			Parts: map[abi.Part]string{abi.PartPayload: strings.TrimSuffix(strings.Repeat("word-", 2000), "-")},
		}},
	} {
		got := h.call(tc.kind, frameOf(&abi.Request{Context: abi.Context{RequestID: "r-1"}, Body: []byte(tc.event)}))
		if diff := cmp.Diff(tc.want, normal(t, got)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tc.name, diff)
		}
	}
	for range 100 { // does its collector keep up?
		h.call(abi.KindInvoke, frameOf(&abi.Request{Body: []byte(strings.Repeat("word ", 500))}))
	}
	if size := h.guest.Memory().Size(); size > 16<<20 {
		t.Errorf("the guest grew to %d bytes", size)
	}
	checkMalformed(t, h)
}

// normal decodes and encodes frames again, so that the order of fields does not
// matter. Boot info stays as it is: missing and zero fields differ there.
func normal(t *testing.T, got answer) answer {
	t.Helper()
	for part, value := range map[abi.Part]abitest.Value{
		abi.PartError:    new(abi.Error),
		abi.PartHTTPHead: new(abi.HTTPHead),
	} {
		frame, ok := got.Parts[part]
		if !ok {
			continue
		}
		if err := value.Decode([]byte(frame)); err != nil {
			t.Fatalf("%s: %v", part, err)
		}
		got.Parts[part] = string(value.AppendTo(nil))
	}
	return got
}
