// Package console runs the commands that a Markdown page shows, and compares
// what they print with what the page says.
//
// A block fenced as console holds commands, on lines that start with "$ ", each
// followed by its output, standard output and standard error as they come. A
// command that ends in a backslash goes on in the next line, which starts with
// "> ". In the output, "..." stands for any text within a line, and alone on a
// line for any number of lines.
package console

import (
	"fmt"
	"strings"
)

// Step is a command and what it should print.
type Step struct {
	Line    int // of the page, from 1
	Command string
	Output  []string // lines
}

// Parse returns the steps of a page in order.
//
// # Errors
//
// A block that is not closed, output before the first command, a command that
// goes on behind its last line.
func Parse(page string) ([]Step, error) {
	var steps []Step
	inside, open := false, false // in a block; in a command that goes on
	first := 0                   // number of steps before this block
	for i, line := range strings.Split(page, "\n") {
		number := i + 1
		switch {
		case !inside:
			if line == "```console" {
				inside, first = true, len(steps)
			}
		case open:
			more, ok := strings.CutPrefix(line, "> ")
			if !ok {
				return nil, fmt.Errorf("console: line %d: the command above goes on, but this line does not start with %q", number, "> ")
			}
			last := &steps[len(steps)-1]
			last.Command += "\n" + more
			open = strings.HasSuffix(more, `\`)
		case line == "```":
			inside = false
		case strings.HasPrefix(line, "$ "):
			command := line[len("$ "):]
			steps = append(steps, Step{Line: number, Command: command})
			open = strings.HasSuffix(command, `\`)
		case len(steps) == first:
			return nil, fmt.Errorf("console: line %d: output before the first command of its block", number)
		default:
			last := &steps[len(steps)-1]
			last.Output = append(last.Output, line)
		}
	}
	if inside {
		return nil, fmt.Errorf("console: the last block is not closed")
	}
	return steps, nil
}
