//go:build !wafer_nohttp

package fc

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/wafer-run/wafer/abi"
)

// recorder is an answerSink that keeps what it gets.
type recorder struct {
	head   []string // status and header lines
	body   []string // one element per write
	size   int64    // of the body, -1 if not known
	refuse abi.Errno
}

func (r *recorder) Write(part abi.Part, p []byte) abi.Errno {
	if r.refuse != abi.ErrnoOK {
		return r.refuse
	}
	switch part {
	case abi.PartHTTPHead:
		var h abi.HTTPHead
		if err := h.Decode(p); err != nil {
			panic(err)
		}
		r.head = append(r.head, fmt.Sprint(h.Status))
		r.size = int64(h.BodySize) - 1
		for _, p := range h.Headers {
			r.head = append(r.head, p.Key+": "+p.Value)
		}
	case abi.PartHTTPBody:
		r.body = append(r.body, string(p))
	default:
		return abi.ErrnoOrder
	}
	return abi.ErrnoOK
}

func print(w http.ResponseWriter, s string) { _, _ = w.Write([]byte(s)) }

func TestResponseWriter(t *testing.T) {
	for _, tc := range []struct {
		name   string
		handle func(http.ResponseWriter)
		head   []string
		body   []string
	}{
		{"nothing", func(http.ResponseWriter) {}, []string{"0"}, nil},
		{"headers only", func(w http.ResponseWriter) { w.Header().Set("A", "1") }, []string{"0", "A: 1"}, nil},
		{"write alone is 200", func(w http.ResponseWriter) { print(w, "x") }, []string{"200", "Date: *"}, []string{"x"}},
		{"empty write is 200", func(w http.ResponseWriter) { print(w, "") }, []string{"200", "Date: *"}, nil},
		{"first status stands", func(w http.ResponseWriter) { w.WriteHeader(404); w.WriteHeader(500) }, []string{"404", "Date: *"}, nil},
		{"informational status, too", func(w http.ResponseWriter) { w.WriteHeader(103); w.WriteHeader(200) }, []string{"103", "Date: *"}, nil},
		{"status after write", func(w http.ResponseWriter) { print(w, "x"); w.WriteHeader(404) }, []string{"200", "Date: *"}, []string{"x"}},
		{"own date", func(w http.ResponseWriter) { w.Header().Set("Date", "x"); w.WriteHeader(204) }, []string{"204", "Date: x"}, nil},
		{"no date", func(w http.ResponseWriter) { w.Header()["Date"] = nil; w.WriteHeader(204) }, []string{"204"}, nil},
		{"headers after the body", func(w http.ResponseWriter) { print(w, "x"); w.Header().Set("A", "1") },
			[]string{"200", "A: 1", "Date: *"}, []string{"x"}},
		{"headers are sorted, their values are not", func(w http.ResponseWriter) {
			w.Header()["b"] = []string{"2", "1"}
			w.Header().Add("A", "1")
			w.Header()["Date"] = nil
			w.WriteHeader(200)
		}, []string{"200", "A: 1", "b: 2", "b: 1"}, nil},
		{"nothing is sniffed", func(w http.ResponseWriter) { print(w, "<html>") }, []string{"200", "Date: *"}, []string{"<html>"}},
		{"writes are joined", func(w http.ResponseWriter) { print(w, "a"); print(w, "b") }, []string{"200", "Date: *"}, []string{"ab"}},
		{"flush", func(w http.ResponseWriter) {
			print(w, "a")
			print(w, "b")
			w.(http.Flusher).Flush()
			w.Header().Set("Late", "1")
			print(w, "c")
			print(w, "d")
			w.(http.Flusher).Flush()
		}, []string{"200", "Date: *"}, []string{"ab", "c", "d"}},
		{"flush alone is 200", func(w http.ResponseWriter) { w.(http.Flusher).Flush() }, []string{"200", "Date: *"}, nil},
	} {
		t.Run(tc.name, func(t *testing.T) {
			sink := &recorder{}
			w := newResponseWriter(sink)
			tc.handle(w)
			if err := w.finish(); err != nil {
				t.Fatal(err)
			}
			for i, line := range sink.head {
				if len(line) == len("Date: "+http.TimeFormat) && line[:6] == "Date: " {
					sink.head[i] = "Date: *"
				}
			}
			if diff := cmp.Diff(tc.head, sink.head, cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("head (-want +got):\n%s", diff)
			}
			want := int64(len(strings.Join(tc.body, "")))
			if strings.HasPrefix(tc.name, "flush") {
				want = -1
			}
			if sink.size != want {
				t.Errorf("size of the body is %d, want %d", sink.size, want)
			}
			if diff := cmp.Diff(tc.body, sink.body, cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("body (-want +got):\n%s", diff)
			}
		})
	}
}

func TestRefusedAnswers(t *testing.T) {
	const want = "fc: writing the response: closed"
	t.Run("at the end", func(t *testing.T) {
		w := newResponseWriter(&recorder{refuse: abi.ErrnoClosed})
		print(w, "x")
		if err := w.finish(); text(err) != want {
			t.Errorf("got %v, want %s", err, want)
		}
	})
	t.Run("in a stream", func(t *testing.T) {
		sink := &recorder{}
		w := newResponseWriter(sink)
		w.Flush()
		sink.refuse = abi.ErrnoClosed
		for i := 0; i < 2; i++ { // the second time the host is not asked
			if n, err := w.Write([]byte("x")); n != 0 || text(err) != want {
				t.Errorf("got %d, %v; want 0, %s", n, err, want)
			}
			sink.refuse = abi.ErrnoOK
		}
		if err := w.finish(); text(err) != want {
			t.Errorf("at the end got %v, want %s", err, want)
		}
	})
}

func TestFlushWithoutAStream(t *testing.T) {
	w := newResponseWriter(nil)
	w.Flush()
	print(w, "x")
	w.Flush()
	if string(w.body) != "x" || w.status != 200 {
		t.Errorf("got %d %q", w.status, w.body)
	}
}
