package instancelog

import (
	"bytes"

	"github.com/wafer-run/wafer/hostfns/logs"
)

// marker reads a line that says where a phase of an invocation begins or ends:
//
//	FC Invoke Start RequestId: 1-6b034569-a0fe04fd71d744ea6bb4512d
//	FC Invoke End RequestId: 1-6b034569-a0fe04fd71d744ea6bb4512d, Error: Unhandled function error
func marker(text []byte) (phase logs.Phase, id []byte, ok bool) {
	rest, ok := bytes.CutPrefix(text, []byte("FC "))
	if !ok {
		return "", nil, false
	}
	word, rest, _ := bytes.Cut(rest, []byte(" "))
	edge, rest, ok := bytes.Cut(rest, []byte(" RequestId: "))
	if !ok || string(edge) != "Start" && string(edge) != "End" {
		return "", nil, false
	}
	switch p := logs.Phase(word); p {
	case logs.Invoke, logs.Initialize, logs.PreFreeze, logs.PreStop:
		id, _, _ = bytes.Cut(bytes.TrimSpace(rest), []byte(", Error: "))
		return p, id, true
	}
	return "", nil, false
}
