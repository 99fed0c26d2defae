//go:build !wasip1

package process

import (
	"fmt"
	"log"
	"os"

	"github.com/wafer-run/wafer/abi"
)

// failureMark ends the last line of an invocation that failed.
const failureMark = ", Error: Unhandled function error"

// phase is the word for a kind in log lines.
func phase(kind abi.Kind) string {
	switch kind {
	case abi.KindInitialize:
		return "Initialize"
	case abi.KindPreFreeze:
		return "PreFreeze"
	case abi.KindPreStop:
		return "PreStop"
	}
	return "Invoke"
}

// Logged runs invoke and prints what the FC Go SDK prints around it: a line
// on stdout before and after, and a failure on stderr. The last line is out
// before the answer is, so that the log is whole when the caller hears of it.
func Logged(kind abi.Kind, requestID string, invoke func() *Answer) *Answer {
	say(fmt.Sprintf("FC %s Start RequestId: %s\n", phase(kind), requestID))
	answer := invoke()
	mark := ""
	if answer.Failure != nil {
		Log(fmt.Sprintf(" %s [ERROR] %s", requestID, answer.FailureJSON(true)))
		mark = failureMark
	}
	say(fmt.Sprintf("FC %s End RequestId: %s%s\n", phase(kind), requestID, mark))
	return answer
}

// Log prints a message with the time on stderr, apart from package log's own
// logger: that one is the user's to redirect and to silence.
func Log(message string) {
	// Looked up each time, because programs replace os.Stderr.
	log.New(os.Stderr, "", log.LstdFlags|log.Lmicroseconds).Print(message)
}

// say writes one line in one piece, so that those of other invocations do
// not end up inside of it.
func say(line string) { _, _ = os.Stdout.WriteString(line) }
